import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { TargetError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import { broken, holds, seconds } from '../findings.ts'
import { stateWithin } from './state-within.ts'
import { whipRule } from './whip-rule.ts'
import type { WhipPlace, WhipStage } from './whip-stage.ts'

const CONSENT_MS = 30_000
const START_MS = 20_000
const POLL_MARGIN_MS = 500
const PUBLISHER = fileURLToPath(new URL('vanishing-publisher.ts', import.meta.url))

export const consent = whipRule(
  {
    id: 'whip.server.consent',
    level: 'must',
    title: 'A publisher that vanished is noticed, and its stream ends, within 30 s',
    source: { document: 'RFC 7675', clause: '§5.1' },
    advice: 'end a session when nothing authentic has come from its peer for 30 s',
    mutants: [{ kind: 'fault', id: 'zombie' }],
    expected: 'the stream ends within 30 s of its publisher being killed',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const child = await startPublisher(stage, place)
    const live = await stateWithin(stage.context, place.stream.id, 'live', 2_000)
    if (live !== 'live') return broken(expected, `the stream was ${live} while it was published`)
    child.kill('SIGKILL')
    const since = nowMs()
    const limit = CONSENT_MS + POLL_MARGIN_MS
    const state = await stateWithin(stage.context, place.stream.id, 'ended', limit)
    const after = seconds(nowMs() - since)
    return state === 'ended'
      ? holds(expected, `after ${after}`)
      : broken(expected, `the stream is still ${state} after ${after}`)
  },
)

/** A publisher in a process of its own, so that it can vanish without a word. */
async function startPublisher(stage: WhipStage, place: WhipPlace): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PUBLISHER, place.url, place.token], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  stage.atClose(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(() => {
    throw new TargetError('LP_WHIP_REFUSED', 'a publisher that is in order was not served')
  })
  const ready = once(child.stdout!, 'data', { signal: AbortSignal.timeout(START_MS) })
  await Promise.race([ready, ended])
  ended.catch(() => {})
  return child
}
