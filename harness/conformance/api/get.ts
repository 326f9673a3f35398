import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { idOf } from './own-streams.ts'
import { field, rawCall, shown } from './raw-call.ts'

const SAME = [
  ['id'],
  ['state'],
  ['created_at'],
  ['tags'],
  ['ingest', 'rtmp', 'url'],
  ['ingest', 'rtmp', 'streamname'],
  ['playout', 'h5live', 0, 'rtmp', 'streamname'],
  ['playout', 'h5live', 0, 'server', 'websocket'],
] as const

export const get = apiRule(
  {
    id: 'api.get',
    title: 'GET /stream/{id} shows the stream as it was created',
    source: { document: 'facts/nanostream', clause: '1.2, 1.4' },
    mutants: [{ kind: 'fault', id: 'forgets-tags' }],
  },
  async (context, own) => {
    const checks = new Checks()
    const streams = [await own.create(), await own.create([own.tag, 'second'])]
    for (const created of streams) {
      const id = idOf(created)
      const { status, json } = await rawCall(context, 'GET', `/stream/${id}`)
      checks.that(status === 200, `GET /stream/${id}: status ${status} instead of 200`)
      for (const path of SAME) {
        const [now, then] = [field(json, ...path), field(created.json, ...path)]
        checks.that(
          JSON.stringify(now) === JSON.stringify(then),
          `${path.join('.')} was ${shown(then)} when created, and is ${shown(now)} in GET`,
        )
      }
    }
    return checks.finding(
      'the values that POST answered with',
      `the same in ${streams.length} streams`,
    )
  },
)
