import type { Target } from './target.ts'

/** What a target can, as far as scenarios and rules ask for it. */
export interface Capabilities {
  readonly ingest: readonly ('rtmp' | 'rtmps' | 'srt' | 'whip')[]
  readonly formats: readonly ('h5live' | 'progressive' | 'hls' | 'rtmp')[]
  /** The bintu API: streams with states, tags and pages. */
  readonly api: boolean
  /** Tells what its ingest saw of an encoder. */
  readonly observe: boolean
  /** Delivers from several places that are known. */
  readonly edges: boolean
}

const PRODUCT: Capabilities = {
  ingest: ['rtmp', 'rtmps', 'srt', 'whip'],
  formats: ['h5live', 'progressive', 'hls', 'rtmp'],
  api: true,
  observe: false,
  edges: false,
}

const RTMP_SERVER: Capabilities = {
  ingest: ['rtmp'],
  formats: ['rtmp'],
  api: false,
  observe: false,
  edges: false,
}

/** A remote target's streams tell which of its addresses it really has. */
export function capabilitiesOf({ kind, edges = [] }: Pick<Target, 'kind' | 'edges'>): Capabilities {
  if (kind === 'peer') return RTMP_SERVER
  const own = kind === 'reference'
  return { ...PRODUCT, observe: own, edges: own || edges.length > 0 }
}

/** In words, for lists. */
export function capabilityText(capabilities: Capabilities): string {
  const { ingest, formats, api, observe, edges } = capabilities
  const extras = [api ? 'API' : 'no API', observe ? 'ingest records' : 'no ingest records']
  if (edges) extras.push('edges')
  return `takes ${ingest.join(', ')}; delivers ${formats.join(', ')}; ${extras.join(', ')}`
}
