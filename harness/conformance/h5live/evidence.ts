import type { ViewerRecord } from '../../viewers/viewer-record.ts'
import { type OracleReading, readByOracles } from './oracles.ts'

/** What the encoder put in, to hold against what the viewer got. */
export interface SentStream {
  /** Body of avcC or hvcC; null without video. */
  readonly videoConfig: Uint8Array | null
  /**
   * AudioSpecificConfig, or as much of it as the protocol carries; null without audio; undefined
   * where the protocol carries none.
   */
  readonly audioConfig: Uint8Array | null | undefined
  /** In every stamp of the stream. */
  readonly streamTag: string
}

/** What the observed rules of `h5live.*` read. */
export interface H5LiveEvidence {
  readonly viewer: ViewerRecord
  readonly sent?: SentStream
  /** What foreign parsers made of the beginning of the media; empty when there was none. */
  readonly oracles: readonly OracleReading[]
}

/** Has the foreign parsers read the record, once, so that the rules themselves stay pure. */
export async function gatherH5LiveEvidence(
  viewer: ViewerRecord,
  sent?: SentStream,
): Promise<H5LiveEvidence> {
  return { viewer, ...(sent ? { sent } : {}), oracles: await readByOracles(viewer) }
}
