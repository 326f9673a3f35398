import type { ProbeContext } from '../probe-context.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import type { ProbedRule } from '../rule.ts'
import { onSrtStage, type SrtStage } from './on-srt.ts'

const DRAFT = 'draft-sharabayko-srt'
const MAGIC = 0x4a17
const FIRST_REJECT = 1000
const NO_ANSWER_MS = 700

const LISTENER = 'an induction is answered with a cookie; a conclusion with another gets no answer'

export const listenerRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'srt.server.listener',
  level: 'must',
  title: 'Nothing is decided for a caller that has not sent its cookie back',
  source: { document: DRAFT, clause: '§4.3.1' },
  advice: 'derive the cookie from the address, and check it before anything else',
  mutants: [{ kind: 'fault', id: 'stateful-induction' }],
  probe: (context) =>
    onSrtStage(context, LISTENER, async (stage, url, streamId) => {
      const caller = await stage.open(url)
      const induction = await caller.induct()
      const cookie = induction?.cookie ?? 0
      const wrong = await caller.conclude(
        { cookie: (cookie ^ 0x10101010) >>> 0, streamId },
        NO_ANSWER_MS,
      )
      const none = await (await stage.open(url)).conclude({ cookie: 0, streamId }, NO_ANSWER_MS)
      const stolen = await (await stage.open(url)).conclude({ cookie, streamId }, NO_ANSWER_MS)
      const right = await caller.conclude({ cookie, streamId })
      return findingOf(LISTENER, [
        {
          name: 'an induction',
          ok: induction?.version === 5 && induction.extensionField === MAGIC && cookie !== 0,
          seen: 'was not answered with version 5, 0x4A17 and a cookie',
        },
        { name: 'a wrong cookie', ok: wrong === null, seen: 'was answered' },
        { name: 'no cookie', ok: none === null, seen: 'was answered' },
        { name: 'the cookie of another caller', ok: stolen === null, seen: 'was answered' },
        { name: 'the right cookie', ok: right !== null, seen: 'was not answered' },
      ])
    }),
}

const LATENCY = "the larger of both sides' latencies is agreed on"

export const latencyRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'srt.server.latency',
  level: 'must',
  title: "The larger of both sides' latencies is agreed on",
  source: { document: DRAFT, clause: '§4.3' },
  advice: 'answer HSREQ with the larger latency of the two',
  mutants: [{ kind: 'fault', id: 'min-latency' }],
  probe: (context) =>
    onSrtStage(context, LATENCY, async (stage, url) => {
      const ask = async (latencyMs: number) => {
        const { name } = await stage.context.createStream()
        return (await (await stage.open(url)).call(name, { latencyMs })).latencyMs
      }
      const own = await ask(0)
      const cases: Case[] = []
      for (const asked of [20, 400, 900]) {
        const agreed = await ask(asked)
        const expected = Math.max(asked, own ?? 0)
        const seen = `${agreed} ms were agreed on, the listener's own being ${own} ms`
        cases.push({ name: `${asked} ms asked for`, ok: agreed === expected, seen })
      }
      return findingOf(LATENCY, cases)
    }),
}

const REJECT = 'unknown, locked, deleted and live streams are rejected with a reason code'

export const rejectRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'srt.server.reject',
  level: 'must',
  title: 'Callers that may not publish are rejected with a reason code',
  source: { document: DRAFT, clause: '§4.3' },
  advice: 'answer the conclusion with a reject code, and keep no session',
  mutants: [{ kind: 'fault', id: 'accept-any-key' }],
  probe: (context) =>
    onSrtStage(context, REJECT, async (stage, url, name) => {
      const rejected = async (what: string, streamId: string): Promise<Case> => {
        const { accepted, reason } = await (await stage.open(url)).call(streamId)
        const ok = !accepted && reason !== null && reason >= FIRST_REJECT
        return { name: what, ok, seen: accepted ? 'was accepted' : 'got no reason code' }
      }
      const live = await stage.open(url)
      const first = await live.call(`push:${name}`)
      const duplicate = await rejected('a live stream', name)
      const { lockedName, deletedName } = await lockAndDelete(stage, url)
      return findingOf(REJECT, [
        { name: 'a known stream', ok: first.accepted, seen: 'was rejected' },
        duplicate,
        await rejected('a name that nobody has', `${name.slice(0, 6)}zzz9_`),
        await rejected('a locked stream', lockedName),
        await rejected('a deleted stream', deletedName),
        await rejected('no name', ''),
        await rejected('a stream id that asks to play', `#!::m=request,r=${name}`),
      ])
    }),
}

/** Stop & Lock is offered while a stream is live. */
async function lockAndDelete(stage: SrtStage, url: string) {
  const { client } = stage.context
  const locked = await stage.context.createStream()
  await (await stage.open(url)).call(locked.name)
  const deleted = await stage.context.createStream()
  const idOf = (stream: object) => (stream as { id: string }).id
  await client.lock(idOf(locked))
  await client.deleteStream(idOf(deleted))
  return { lockedName: locked.name, deletedName: deleted.name }
}
