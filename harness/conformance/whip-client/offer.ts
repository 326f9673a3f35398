import { evidenceRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'
import { judgeSessions } from '../judge-sessions.ts'
import { offerOf, whipSessions } from './whip-events.ts'

const EXPECTED =
  'application/sdp; audio and video sendonly, in one BUNDLE with rtcp-mux; H.264 and Opus offered'

export const offer = evidenceRule(
  {
    id: 'whip.client.offer',
    level: 'must',
    title: 'the offer is sendonly, bundled, of type application/sdp, with H.264 and Opus',
    source: { document: 'RFC 9725; nanoStream webcaster documentation', clause: '§4.2' },
    advice: 'Offer H.264 for video and Opus for audio, sendonly, in one BUNDLE group.',
    mutants: ['offers-vp8-only'],
  },
  (evidence) => {
    const sessions = whipSessions(evidence)
    if (sessions.length === 0) return skipped(EXPECTED, 'no offer came by WHIP')
    return judgeSessions((record) => {
      const found = offerOf(record)
      if (!found) return skipped(EXPECTED, 'the record does not tell the offer')
      const sections = found.media.filter(({ kind }) => kind === 'audio' || kind === 'video')
      const offers = (kind: string, codec: string) =>
        sections
          .filter((section) => section.kind === kind)
          .every(({ codecs }) => codecs.some(({ name }) => name.toUpperCase() === codec))
      const faults = [
        /^application\/sdp\b/i.test(found.contentType) ? '' : `content type ${found.contentType}`,
        sections.every(({ direction }) => direction === 'sendonly') ? '' : 'not sendonly',
        sections.length < 2 || found.bundle ? '' : 'no BUNDLE group',
        sections.every(({ rtcpMux }) => rtcpMux) ? '' : 'no rtcp-mux',
        offers('video', 'H264') ? '' : 'H.264 is not offered',
        offers('audio', 'OPUS') ? '' : 'Opus is not offered',
      ].filter((fault) => fault !== '')
      if (faults.length === 0) return holds(EXPECTED, 'as expected')
      const note = sections
        .map(({ kind, direction, codecs }) => {
          const names = [...new Set(codecs.map(({ name }) => name))].join(', ')
          return `${kind} ${direction}: ${names}`
        })
        .join('; ')
      return broken(EXPECTED, faults.join(', '), [{ note, at: 0 }])
    })({ sessions })
  },
)
