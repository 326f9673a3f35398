import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import { readProcessStat } from '../../measure/process-stat.ts'
import type { ProbeContext } from '../probe-context.ts'
import { findingOf } from '../rtmp-server/cases.ts'
import type { ProbedRule } from '../rule.ts'
import { nullPayload, onSrtStage, type SrtStage, waitFor } from './on-srt.ts'
import type { RawCaller } from './raw-caller.ts'

const DRAFT = 'draft-sharabayko-srt'
const STEP_MS = 10
const MISSING = 20
const PACKETS = 100
/** ms that a NAK may take "at once", the machine's own delays included */
const AT_ONCE_MS = 60
const LATENCY_MS = 400
const BURST = 150
/** Times that the exchange is made at most, where the machine was late. */
const MAX_TRIES = 3

/** Sends a packet each 10 ms, but never the one that is missing; when the gap showed. */
async function sendWithGap(caller: RawCaller, signal: AbortSignal): Promise<number> {
  const payload = nullPayload()
  const begun = nowMs()
  let shownAt = 0
  for (let i = 0; i < PACKETS; i++) {
    await delay(Math.max(0, begun + i * STEP_MS - nowMs()), undefined, { signal })
    if (i !== MISSING) caller.data(i, payload)
    if (i === MISSING + 1) shownAt = nowMs()
  }
  return shownAt
}

const ARQ = 'NAK at once and periodically, a full ACK every 10 ms, light ACKs at rate'

export const arqRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'srt.server.arq',
  level: 'must',
  title: 'What is missing is asked for at once and again; what came is acknowledged',
  source: { document: DRAFT, clause: '§4.8.1–4.8.2' },
  advice: 'report losses when they show and again each (RTT + 4 RTTVar) / 2',
  mutants: [{ kind: 'fault', id: 'no-periodic-nak' }],
  async probe(context) {
    for (let tries = 1; ; tries++) {
      const lateMs = await watchLateness(context)
      const finding = await onSrtStage(context, ARQ, lossAndBurst)
      // A breach counts at once, unless the machine was late enough to have made it.
      if (finding.result !== 'broken' || tries === MAX_TRIES) return finding
      if ((await lateMs()) <= AT_ONCE_MS / 2) return finding
    }
  },
}

/** ms, at most, that the event loop was late since, or that the target had to wait for a core. */
async function watchLateness({ target }: ProbeContext): Promise<() => Promise<number>> {
  const waited = async () =>
    (target.reference && (await readProcessStat(target.reference.pid))?.waitedMs) ?? 0
  const before = await waited()
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  return async () => {
    loop.disable()
    return Math.max(loop.max / 1e6, (await waited()) - before)
  }
}

async function lossAndBurst({ context, open }: SrtStage, url: string, name: string) {
  const caller = await open(url)
  await caller.call(name, { latencyMs: LATENCY_MS })
  const shownAt = await sendWithGap(caller, context.signal)
  const wanted = caller.initialSequence + MISSING
  const naks = caller.feedback.filter(({ kind, sequence }) => kind === 'nak' && sequence === wanted)
  const first = naks[0] ? naks[0].at - shownAt : null
  const acks = caller.feedback.filter(({ kind, at }) => kind === 'ack' && at < shownAt)
  for (let i = 0; i < BURST; i++) caller.data(PACKETS + i, nullPayload())
  const light = await waitFor(() => caller.feedback.some(({ kind }) => kind === 'light-ack'))
  return findingOf(ARQ, [
    {
      name: 'a loss',
      ok: first !== null && first < AT_ONCE_MS,
      seen: first === null ? 'was never reported' : `was reported after ${first.toFixed(0)} ms`,
    },
    {
      name: 'a loss that goes on',
      ok: naks.length >= 3,
      seen: `was reported ${naks.length} times in ${LATENCY_MS} ms`,
    },
    {
      name: `${MISSING} packets in ${MISSING * STEP_MS} ms`,
      ok: acks.length >= MISSING / 3,
      seen: `got ${acks.length} full ACKs`,
    },
    { name: `${BURST} packets at once`, ok: light, seen: 'got no light ACK' },
  ])
}

const TOO_LATE = 'a packet past the latency is given up, and what follows is acknowledged'

export const tooLateRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'srt.server.too-late',
  level: 'must',
  title: 'Packets past the latency are skipped, and playback goes on',
  source: { document: DRAFT, clause: '§4.6' },
  advice: 'drop what is too late, and move the acknowledged position behind it',
  mutants: [{ kind: 'fault', id: 'waits-forever' }],
  probe: (context) =>
    onSrtStage(context, TOO_LATE, async (stage, url, name) => {
      const caller = await stage.open(url)
      const { latencyMs } = await caller.call(name, { latencyMs: LATENCY_MS })
      await sendWithGap(caller, context.signal)
      const end = caller.initialSequence + PACKETS
      await waitFor(() => caller.feedback.some(({ sequence }) => sequence === end))
      const wanted = caller.initialSequence + MISSING
      const acks = caller.feedback.filter(({ kind }) => kind === 'ack')
      const past = acks.find(({ sequence }) => sequence > wanted)
      const last = acks.at(-1)?.sequence ?? 0
      const early = acks.find(({ sequence }) => sequence > wanted - 5)
      const waited = past && early ? past.at - early.at : 0
      return findingOf(TOO_LATE, [
        {
          name: `a packet that never comes, at ${latencyMs} ms latency`,
          ok: past !== undefined,
          seen: 'was waited for until the end',
        },
        {
          name: 'what follows it',
          ok: last === end,
          seen: `was acknowledged up to ${last - caller.initialSequence} of ${PACKETS}`,
        },
        {
          name: 'the time for its retransmission',
          ok: past === undefined || waited > LATENCY_MS / 2,
          seen: `was ${waited.toFixed(0)} ms`,
        },
      ])
    }),
}
