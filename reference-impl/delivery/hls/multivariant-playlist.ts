import { tracksOf } from '../../live/packet.ts'
import { bytesOf, durationOf, type MediaMap, type Segment } from './segment.ts'

const VERSION = 9
/** Segments to come may be larger than those that were seen. */
const PEAK_RESERVE = 1.1

export interface VariantFacts {
  /** Of its media playlist. */
  readonly uri: string
  readonly map: MediaMap
  readonly segments: readonly Segment[]
  /** Frames per second as the encoder declared it, or null. */
  readonly frameRate: number | null
}

/** The multivariant playlist (RFC 8216bis §4.4.6): every bitrate, with its codecs. */
export function writeMultivariantPlaylist(variants: readonly VariantFacts[]): string {
  const head = ['#EXTM3U', `#EXT-X-VERSION:${VERSION}`, '#EXT-X-INDEPENDENT-SEGMENTS']
  return [...head, ...variants.flatMap(variantLines), ''].join('\n')
}

function variantLines({ uri, map, segments, frameRate }: VariantFacts): string[] {
  const rates = segments.map((segment) => (bytesOf(segment) * 8) / durationOf(segment))
  const seconds = segments.reduce((sum, segment) => sum + durationOf(segment), 0)
  const bits = segments.reduce((sum, segment) => sum + bytesOf(segment) * 8, 0)
  const { video } = map.tracks
  const codecs = tracksOf(map.tracks)
    .map(({ codecString }) => codecString)
    .join(',')
  const attributes = [
    `BANDWIDTH=${Math.max(1, Math.ceil(Math.max(0, ...rates) * PEAK_RESERVE))}`,
    `AVERAGE-BANDWIDTH=${Math.max(1, Math.ceil(bits / Math.max(seconds, 1)))}`,
    `CODECS="${codecs}"`,
  ]
  if (video !== undefined && video.width > 0)
    attributes.push(`RESOLUTION=${video.width}x${video.height}`)
  if (video !== undefined && frameRate !== null)
    attributes.push(`FRAME-RATE=${frameRate.toFixed(3)}`)
  return [`#EXT-X-STREAM-INF:${attributes.join(',')}`, uri]
}
