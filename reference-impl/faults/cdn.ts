import type { Location } from '../cdn/location.ts'
import type { Fault } from './fault.ts'

const STALE_MS = 4_000

/** Known ways of a CDN to be wrong. */
export const cdnFaults: readonly Fault[] = [
  {
    id: 'random-edge',
    summary: 'Clients are sent to any edge, wherever they are.',
    breaks: ['cdn.nearest'],
    install({ cdn }) {
      cdn.route = (chosen, alive) => alive[Math.floor(Math.random() * alive.length)] ?? chosen
    },
  },
  {
    id: 'sticky-dead-edge',
    summary: 'Clients are sent to the edge that their region was sent to first, dead or alive.',
    breaks: ['cdn.failover'],
    install({ cdn }) {
      const first = new Map<string, Location>()
      cdn.alive = (_alive, known) => known
      cdn.route = (chosen) => {
        const stuck = first.get(chosen.region) ?? chosen
        first.set(chosen.region, stuck)
        return stuck
      }
    },
  },
  {
    id: 'stale-edge',
    summary: `Edges pass on what they have from the origin ${STALE_MS} ms late.`,
    breaks: ['cdn.consistent'],
    install({ cdn }) {
      cdn.relay = (hand) => (packet) => {
        setTimeout(() => hand(packet), STALE_MS).unref()
      }
    },
  },
]
