import type { Packet } from '../live/packet.ts'
import type { Fault } from './fault.ts'

const STARVED_MS = 3_000
const STORM_JOINS = 60
const STORM_WINDOW_MS = 1_000
const AFTER_STORM_MS = 2_500

/** Known ways of delivery to fail a crowd. */
export const loadFaults: readonly Fault[] = [
  {
    id: 'drop-1-percent',
    summary: 'Every hundredth fragment is left out, unless it is a key frame.',
    breaks: ['load.capacity'],
    install({ live }) {
      live.pacer = (hand) => {
        let count = 0
        return (packet) => {
          if (packet.kind === 'fragment' && ++count % 100 === 0 && !packet.key) return
          hand(packet)
        }
      }
    },
  },
  {
    id: 'starve-last',
    summary: 'The viewer that came last gets each fragment late.',
    breaks: ['load.fair'],
    install({ h5live }) {
      let joined = 0
      h5live.turn = (send) => {
        const place = ++joined
        return delayed(send, () => (place === joined ? STARVED_MS : 0))
      }
    },
  },
  {
    id: 'slow-after-storm',
    summary: 'Once many viewers came within a second, everybody gets fragments late for ever.',
    breaks: ['load.recovery'],
    install({ h5live }) {
      const joins: number[] = []
      let slow = false
      h5live.turn = (send) => {
        joins.push(performance.now())
        const first = joins.at(-STORM_JOINS)
        if (first !== undefined && performance.now() - first < STORM_WINDOW_MS) slow = true
        return delayed(send, () => (slow ? AFTER_STORM_MS : 0))
      }
    },
  },
]

/** Sends each packet after the delay of its time, never before the one ahead of it. */
function delayed<P extends Packet>(send: (packet: P) => void, ms: () => number): (p: P) => void {
  let waiting = 0
  return (packet) => {
    const by = ms()
    if (by === 0 && waiting === 0) {
      send(packet)
      return
    }
    waiting++
    setTimeout(() => {
      waiting--
      send(packet)
    }, by)
  }
}
