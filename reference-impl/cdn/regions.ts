import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { z } from 'zod'
import { CodedError } from '../errors.ts'
import { MAX_REGION_RANGES } from './limits.ts'

const regionTable = z.strictObject({
  /** CIDR range → region; the narrowest range that holds an address counts. */
  clients: z
    .array(z.strictObject({ range: z.string(), region: z.string().min(1).max(64) }))
    .max(MAX_REGION_RANGES),
  /** Region → the other regions, nearest first. */
  near: z.record(z.string(), z.array(z.string())).default({}),
})

export type RegionTable = z.input<typeof regionTable>

/**
 * Regions of this machine alone: loopback has 16 million addresses, and a client that connects from
 * 127.2.0.1 is in another place than one from 127.1.0.1. Names are the vendor's.
 */
export const loopbackRegions: RegionTable = {
  clients: [
    { range: '127.1.0.0/16', region: 'eu' },
    { range: '127.2.0.0/16', region: 'us' },
    { range: '127.3.0.0/16', region: 'as' },
    { range: '127.4.0.0/16', region: 'au' },
  ],
  near: {
    eu: ['us', 'as', 'au'],
    us: ['eu', 'au', 'as'],
    as: ['au', 'us', 'eu'],
    au: ['as', 'us', 'eu'],
  },
}

interface Range {
  readonly list: BlockList
  readonly bits: number
  readonly region: string
}

/** Says where a client is by its address, and how far that is from a location. */
export class Regions {
  readonly #ranges: readonly Range[]
  readonly #near: Readonly<Record<string, readonly string[]>>

  /** @throws CodedError `LP_REGIONS` for a range that is none */
  constructor(table: RegionTable = loopbackRegions) {
    this.#ranges = table.clients.map(rangeOf).sort((a, b) => b.bits - a.bits)
    this.#near = table.near ?? {}
  }

  /** Undefined for an address that no range holds. */
  regionOf(client: string): string | undefined {
    const address = client.startsWith('::ffff:') ? client.slice('::ffff:'.length) : client
    const family = isIP(address)
    if (family === 0) return undefined
    const type = family === 6 ? 'ipv6' : 'ipv4'
    return this.#ranges.find(({ list }) => list.check(address, type))?.region
  }

  /** 0: the client's own region; then in the order of the table; what it does not name comes last. */
  distance(from: string | undefined, to: string): number {
    if (from === to) return 0
    const near = from === undefined ? [] : (this.#near[from] ?? [])
    const place = near.indexOf(to)
    return place === -1 ? near.length + 1 : place + 1
  }
}

/** @throws CodedError `LP_REGIONS` for a file that cannot be read or is no table */
export function readRegions(file: string): Regions {
  try {
    return new Regions(regionTable.parse(JSON.parse(readFileSync(file, 'utf8'))))
  } catch (error) {
    if (error instanceof CodedError) throw error
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
    throw new CodedError('LP_REGIONS', `cannot read the regions of ${file}: ${why}`)
  }
}

function rangeOf({ range, region }: { range: string; region: string }): Range {
  const [, address = '', digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(range) ?? []
  const family = isIP(address)
  const most = family === 6 ? 128 : 32
  const bits = Number(digits ?? most)
  if (family === 0 || bits > most) {
    throw new CodedError('LP_REGIONS', `not an address or CIDR range: ${range}`)
  }
  const list = new BlockList()
  list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4')
  return { list, bits, region }
}
