import type { Fault } from './fault.ts'

/** Fragments after which a segment is cut under `no-idr`: nowhere near a key frame. */
const CUT_AFTER = 37
/** Parts by which a wrong hint is off. */
const HINT_OFF = 7

/** Known ways of HLS and LL-HLS to be wrong. */
export const hlsFaults: readonly Fault[] = [
  {
    id: 'short-target',
    summary: 'The target duration is shorter than the segments.',
    breaks: ['hls.playlist'],
    install({ hls }) {
      hls.targetDuration = (seconds) => Math.max(1, seconds - 1)
    },
  },
  {
    id: 'missing-segment',
    summary: 'Every second segment is listed, but cannot be had, and neither can its parts.',
    breaks: ['hls.segments', 'hls.plays'],
    install({ hls }) {
      hls.available = (msn) => msn % 2 === 0
    },
  },
  {
    id: 'no-idr',
    summary: 'Segments begin between two key frames.',
    breaks: ['hls.independent'],
    install({ hls }) {
      hls.startsSegment = (_fragment, sinceStart) => sinceStart >= CUT_AFTER
    },
  },
  {
    id: 'returns-early',
    summary: 'A playlist that was asked for with a position is sent before it has that position.',
    breaks: ['hls.blocking-reload'],
    install({ hls }) {
      hls.ready = () => true
    },
  },
  {
    id: 'hold-back-1x',
    summary: 'PART-HOLD-BACK is one part long.',
    breaks: ['hls.part-hold-back'],
    install({ hls }) {
      hls.partHoldBack = (_seconds, target) => target
    },
  },
  {
    id: 'wrong-hint',
    summary: 'Preload hints name a part that does not come next.',
    breaks: ['hls.preload-hint'],
    install({ hls }) {
      hls.hint = (part) => part + HINT_OFF
    },
  },
  {
    id: 'pdt-1s-off',
    summary: 'Program date and time are a second late.',
    breaks: ['hls.date-time'],
    install({ hls }) {
      hls.dateTime = (ms) => ms + 1000
    },
  },
  {
    id: 'no-endlist',
    summary: 'The playlist of a stream that has ended does not say so.',
    breaks: ['hls.end'],
    install({ hls }) {
      hls.ended = () => false
    },
  },
  {
    id: 'no-cors',
    summary: 'Browsers of other origins may not read the answers.',
    breaks: ['hls.http', 'whip.server.options'],
    install({ hls, whip }) {
      hls.headers = withoutOrigin
      whip.answer = (answer) => ({ ...answer, headers: withoutOrigin(answer.headers) })
    },
  },
]

function withoutOrigin<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'Access-Control-Allow-Origin'),
  )
}
