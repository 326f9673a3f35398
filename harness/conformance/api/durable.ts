import type { ProbeContext } from '../probe-context.ts'
import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { idOf, type OwnStreams } from './own-streams.ts'
import { field, rawCall, shown } from './raw-call.ts'

const WRITERS = 5
/** Acknowledged writes before the kill. */
const ACKNOWLEDGED = 60

const EXPECTED = 'every acknowledged write is there after SIGKILL and a new start'

export const durable = apiRule(
  {
    id: 'api.durable',
    title: 'SIGKILL at any moment loses no acknowledged write',
    source: { document: 'liveproof DESIGN', clause: 'Dependencies' },
    advice: 'Acknowledge a write when it has reached the disk, not before.',
    mutants: [{ kind: 'fault', id: 'write-behind' }],
  },
  async (context, own) => {
    if (context.restartTarget === undefined) {
      const actual = 'the target was not started by liveproof, so it cannot be killed'
      return { result: 'skipped', expected: EXPECTED, actual }
    }
    const restart = () => context.restartTarget!()
    const { written, restarted } = await writeUntilKilled(context, own, restart)
    const after = { target: restarted.target, signal: context.signal }
    const checks = new Checks()
    for (const [id, { tags, unanswered }] of written) {
      const { status, json } = await rawCall(after, 'GET', `/stream/${id}`)
      if (!checks.that(status === 200, `stream ${id} is gone: status ${status}`)) continue
      const stored = String(field(json, 'tags', 0))
      checks.that(
        stored === tags || stored === unanswered,
        `stream ${id} has tag ${shown(stored)} instead of ${shown(tags)}`,
      )
    }
    return checks.finding(EXPECTED, `${written.size} streams with their last tags, all there`)
  },
)

/** The last acknowledged tag, and one that was sent and not answered. */
interface Written {
  tags: string
  unanswered?: string
}

async function writeUntilKilled(
  context: ProbeContext,
  own: OwnStreams,
  restart: NonNullable<ProbeContext['restartTarget']>,
) {
  const written = new Map<string, Written>()
  let acknowledged = 0
  let restarting: ReturnType<typeof restart> | undefined
  const count = () => {
    if (++acknowledged >= ACKNOWLEDGED) restarting ??= restart()
  }
  const writer = async (name: number): Promise<void> => {
    for (let turn = 0; restarting === undefined; turn++) {
      const id = idOf(await own.create())
      const stream: Written = { tags: own.tag }
      written.set(id, stream)
      count()
      stream.unanswered = `${own.tag}-${name}-${turn}`
      const body = { tags: [stream.unanswered] }
      const { status } = await rawCall(context, 'PUT', `/stream/${id}/tag`, { body })
      if (status !== 200) continue
      stream.tags = stream.unanswered
      count()
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: WRITERS }, (_, i) => writer(i)))
  if (restarting === undefined) throw (ends[0] as PromiseRejectedResult).reason
  return { written, restarted: await (restarting as ReturnType<typeof restart>) }
}
