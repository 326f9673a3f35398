import { nowMs } from '../clock.ts'
import { TICKS_PER_SECOND } from '../live/frame.ts'
import type { Packet } from '../live/packet.ts'
import type { Fault } from './fault.ts'

const SLOW_START_MS = 2500
const LATE_MS = 2000
const AUDIO_LATE_MS = 300
/** Every so many ms nothing is sent, for so many ms. */
const STUTTER = { everyMs: 4000, forMs: 2200 }

/** Known ways of a whole delivery path to be a bad one for who watches. */
export const playbackFaults: readonly Fault[] = [
  {
    id: 'slow-start',
    summary: `Viewers get their first media ${SLOW_START_MS} ms after they ask.`,
    breaks: ['playback.startup'],
    install({ h5live }) {
      h5live.begin = (serve) => {
        setTimeout(serve, SLOW_START_MS).unref()
      }
    },
  },
  {
    id: 'add-2s',
    summary: `All media are sent on ${LATE_MS} ms late.`,
    breaks: ['playback.latency'],
    install({ live }) {
      live.pacer = (hand) => inOrder(hand, (_packet, now) => now + LATE_MS)
    },
  },
  {
    id: 'stutter',
    summary: `Every ${STUTTER.everyMs} ms nothing is sent for ${STUTTER.forMs} ms.`,
    breaks: ['playback.stalls'],
    install({ live }) {
      live.pacer = (hand) =>
        inOrder(hand, (_packet, now) => {
          const into = now % STUTTER.everyMs
          return into < STUTTER.forMs ? now - into + STUTTER.forMs : now
        })
    },
  },
  {
    id: 'audio-late-300',
    summary: `Sound is heard ${AUDIO_LATE_MS} ms after its picture.`,
    breaks: ['playback.av-sync'],
    install({ live }) {
      live.audioTime = (ticks) => ticks + (AUDIO_LATE_MS * TICKS_PER_SECOND) / 1000
    },
  },
  {
    id: 'never-catches-up',
    summary: 'After a pause of the encoder the media are sent on no faster than they play.',
    breaks: ['playback.catch-up'],
    install({ live }) {
      live.pacer = neverCatchesUp
    },
  },
  {
    id: 'no-abr',
    summary:
      'A viewer that asks for another bitrate is told that it has it, and keeps the one it had.',
    breaks: ['playback.abr'],
    install({ h5live }) {
      h5live.switchTo = (_wanted, current) => current
    },
  },
]

/** Hands packets on when they are due, and never one before the one before it. */
function inOrder(
  hand: (packet: Packet) => void,
  due: (packet: Packet, now: number) => number,
): (packet: Packet) => void {
  const waiting: Packet[] = []
  let last = 0
  return (packet) => {
    const now = nowMs()
    last = Math.max(last, due(packet, now))
    waiting.push(packet)
    const handNext = () => {
      const next = waiting.shift()
      if (next !== undefined) hand(next)
    }
    if (last <= now && waiting.length === 1) handNext()
    else setTimeout(handNext, last - now).unref()
  }
}

function neverCatchesUp(hand: (packet: Packet) => void): (packet: Packet) => void {
  /** ms by which the media were sent on behind their own timeline, at worst. */
  let behind = Number.NEGATIVE_INFINITY
  return inOrder(hand, (packet, now) => {
    if (packet.kind !== 'fragment') return now
    const mediaMs = (packet.time * 1000) / TICKS_PER_SECOND
    behind = Math.max(behind, now - mediaMs)
    return mediaMs + behind
  })
}
