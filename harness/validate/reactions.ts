import { seconds } from '../conformance/findings.ts'
import type { EncoderEvidence, IngestEvent } from '../conformance/ingest-record.ts'
import type { ProvocationKind } from './provocation-plan.ts'
import { type DoneProvocation, PROVOCATION_TEXT } from './provoke.ts'

/** Everything that was done to the encoder, in order of time, with what it did then. */
export function reactionsTo(
  evidence: EncoderEvidence,
  provoked: readonly { what: ProvocationKind; at: number }[],
): DoneProvocation[] {
  const cuts = provoked.map(({ what, at }) => ({
    ...{ what, at, text: PROVOCATION_TEXT[what] },
    reaction: comingBack(evidence, at),
  }))
  return [...cuts, ...asked(evidence)].sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
}

function comingBack({ sessions, until }: EncoderEvidence, at: number): string {
  const after = sessions.filter(({ openedAt }) => openedAt > at)
  if (after.length === 0) {
    const waited = until === undefined ? '' : ` within ${seconds(until - at)}`
    return `did not come back${waited}`
  }
  const back = after.find(({ frames }) => frames.at.length > 0)
  const before = after.filter((record) => !back || record.openedAt < back.openedAt)
  const tries = before.length === 0 ? '' : `${before.length} refused first, `
  if (!back) return `tried ${after.length === 1 ? 'once' : `${after.length} times`}, and gave up`
  return `${tries}published again after ${seconds(back.openedAt - at)}`
}

/** What ingest asks of every encoder by itself, once or twice in a session. */
function asked({ sessions }: EncoderEvidence): DoneProvocation[] {
  const known = {
    'srt-nak-probe': 'nak',
    'nack-probe': 'nack',
    pli: 'pli',
    'whip-redirect': 'redirect',
  } as const
  return sessions.flatMap(({ openedAt, events }) =>
    events
      .filter((event) => Object.hasOwn(known, event.type) && event['reason'] !== 'start')
      .map((event) => {
        const what = known[event.type as keyof typeof known]
        return {
          ...{ what, at: openedAt + event.at, text: PROVOCATION_TEXT[what] },
          reaction: what === 'redirect' ? followed(sessions) : answered(event),
        }
      }),
  )
}

function answered(event: IngestEvent): string {
  const ms = event['answeredMs']
  return typeof ms === 'number' ? `answered after ${ms.toFixed(0)} ms` : 'not answered'
}

function followed(sessions: EncoderEvidence['sessions']): string {
  const offers = sessions.flatMap(({ events }) =>
    events.filter(({ type }) => type === 'whip-offer'),
  )
  return offers.some((offer) => offer['redirected'] === true) ? 'followed' : 'not followed'
}
