import type { Location } from './location.ts'
import type { Regions } from './regions.ts'
import type { EdgeRegistry } from './registry.ts'
import type { CdnSeams } from './seams.ts'

export interface RouterOptions {
  readonly registry: EdgeRegistry
  readonly regions: Regions
  readonly seams: CdnSeams
  /** ms, monotonic */
  readonly now: () => number
}

/** Sends clients to the nearest location that lives and has room; among equals to the emptiest. */
export class Router {
  readonly #options: RouterOptions

  constructor(options: RouterOptions) {
    this.#options = options
  }

  /** Undefined: there is none, the origin serves this client itself. `client`: its IP address. */
  locate(client: string): Location | undefined {
    const { registry, regions, seams, now } = this.#options
    const known = registry.edges(now())
    const alive = seams.alive(
      known.filter((edge) => edge.alive),
      known,
    )
    const region = regions.regionOf(client)
    const [nearest] = alive
      .filter(({ viewers, capacity }) => viewers < capacity)
      .map((edge) => ({ edge, distance: regions.distance(region, edge.region) }))
      .sort((a, b) => a.distance - b.distance || share(a.edge) - share(b.edge))
    if (nearest === undefined) return undefined
    const location = seams.route(nearest.edge, alive)
    registry.sentTo(location.id)
    return location
  }
}

function share({ viewers, capacity }: Location): number {
  return viewers / capacity
}
