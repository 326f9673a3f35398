import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, info, skipped } from '../findings.ts'
import { eventOf, numberOf, onSrt } from './srt-events.ts'

const HANDSHAKE =
  'an induction of version 4 with cookie 0, then a conclusion of version 5 with HSREQ'

export const handshake = sessionRule(
  {
    id: 'srt.client.handshake',
    level: 'must',
    title: 'the induction has version 4 and cookie 0, the conclusion version 5 and HSREQ',
    source: { document: 'draft-sharabayko-srt', clause: '§4.3.1' },
    advice: 'Use a current SRT library: without HSREQ there is no latency to negotiate.',
    mutants: ['hs4-only'],
  },
  onSrt(HANDSHAKE, (record) => {
    const event = eventOf(record, 'srt-handshake')
    if (!event) return skipped(HANDSHAKE, 'the conclusion was not recorded')
    const wrong: string[] = []
    if (event['inductionVersion'] !== 4) {
      wrong.push(`an induction of version ${String(event['inductionVersion'])}`)
    }
    if (event['inductionCookieZero'] !== true) wrong.push('an induction with a cookie')
    if (event['version'] !== 5) wrong.push(`a conclusion of version ${String(event['version'])}`)
    if (event['requested'] !== true) wrong.push('no HSREQ')
    if (wrong.length > 0) {
      return broken(HANDSHAKE, wrong.join(', '), [{ note: wrong[0] ?? '', at: event.at }])
    }
    return holds(HANDSHAKE, `as expected, SRT ${String(event['srtVersion'])}`)
  }),
)

/** The protocol's own limit. */
const MAX_STREAM_ID = 512
const STREAM_ID = `push:NAME[?params][:record], NAME or #!::m=publish,r=NAME, of at most ${MAX_STREAM_ID} characters`
const NAME = /^[A-Za-z0-9_]{5}-[A-Za-z0-9_]{5}$/

export const streamId = sessionRule(
  {
    id: 'srt.client.streamid',
    level: 'must',
    title: 'the stream id names a stream in one of the accepted forms',
    source: { document: 'nanoStream Cloud documentation, SRT ingest', clause: 'streamid' },
    advice: 'Set the stream id to push:NAME, with the name that the dashboard shows.',
    mutants: ['streamid-600'],
  },
  onSrt(STREAM_ID, (record) => {
    const event = eventOf(record, 'srt-handshake')
    if (!event) return skipped(STREAM_ID, 'the conclusion was not recorded')
    if (event['version'] !== 5) return skipped(STREAM_ID, 'this handshake has no stream id')
    const length = numberOf(event, 'streamIdBytes')
    const text = String(event['streamId']).slice(0, 80)
    const evidence = [{ note: text, at: event.at }]
    if (length === 0) return broken(STREAM_ID, 'no stream id', evidence)
    if (length > MAX_STREAM_ID) return broken(STREAM_ID, `${length} characters`, evidence)
    if (!NAME.test(record.stream ?? '')) return broken(STREAM_ID, `"${text}"`, evidence)
    return holds(STREAM_ID, `"${text}" (${String(event['streamIdForm'])})`)
  }),
)

const MIN_LATENCY_MS = 120
const ROUND_TRIPS = 3
const LATENCY = `a latency of at least ${MIN_LATENCY_MS} ms and ${ROUND_TRIPS} round trips`

export const latency = sessionRule(
  {
    id: 'srt.client.latency',
    level: 'should',
    title: 'the latency leaves time for retransmissions',
    source: { document: 'nanoStream Cloud documentation, SRT ingest', clause: 'latency (500 ms)' },
    advice: 'Set the latency to 500 ms, or to four round trips where those are longer.',
    mutants: ['latency-20'],
  },
  onSrt(LATENCY, (record) => {
    const event = eventOf(record, 'srt-handshake')
    if (event?.['requested'] !== true) return skipped(LATENCY, 'there was no HSREQ')
    const asked = numberOf(event, 'callerLatencyMs')
    const rtt = numberOf(eventOf(record, 'srt-stats'), 'rttMs')
    const actual = `${asked} ms asked for, round trip ${rtt.toFixed(1)} ms`
    const enough = asked >= Math.max(MIN_LATENCY_MS, ROUND_TRIPS * rtt)
    return enough
      ? holds(LATENCY, actual)
      : broken(LATENCY, actual, [{ note: actual, at: event.at }])
  }),
)

const ENCRYPTION = 'the key length is recorded; a refused key is reported, not retried for ever'

export const encryption = sessionRule(
  {
    id: 'srt.client.encryption',
    level: 'info',
    title: 'what the payload is encrypted with is recorded',
    source: { document: 'draft-sharabayko-srt', clause: '§6' },
    advice: 'Set a passphrase of 10 to 79 characters on both sides, and AES-128 or longer.',
    mutants: [],
  },
  onSrt(ENCRYPTION, (record) => {
    const bytes = numberOf(eventOf(record, 'srt-handshake'), 'keyBytes')
    const calls = numberOf(eventOf(record, 'srt-reject'), 'calls')
    const seen = bytes === 0 ? 'not encrypted' : `AES-${bytes * 8} in counter mode`
    return info(ENCRYPTION, calls > 1 ? `${seen}; rejected, and called ${calls} times` : seen)
  }),
)
