import { parseAvcC } from '../../reference-impl/wire/h264.ts'
import { splitLengthPrefixed } from '../../reference-impl/wire/nal.ts'
import { type Stamp, writeStamp } from '../measure/stamp.ts'
import type { Clip } from './clip.ts'

/** First byte, packet type and composition time of an AVC tag. */
const AVC_TAG_BYTES = 5
/** First byte and fourCC of an enhanced audio tag. */
const EXTENDED_AUDIO_BYTES = 5

/** SPS and PPS of a clip, which go in front of each key frame. */
export function parameterSetsOf(clip: Clip | null): Uint8Array[] {
  if (!clip?.header || clip.codec !== 'avc1') return []
  const { sps, pps } = parseAvcC(clip.header.subarray(AVC_TAG_BYTES))
  return [...sps, ...pps]
}

/** The NAL units of a clip's frame as they go on the wire: stamp, parameter sets, slices. */
export function nalUnitsOf(
  body: Uint8Array,
  key: boolean,
  parameterSets: readonly Uint8Array[],
  stamp: Stamp,
): Uint8Array[] {
  const units = splitLengthPrefixed(body.subarray(AVC_TAG_BYTES))
  return [writeStamp(stamp), ...(key ? parameterSets : []), ...units]
}

/** ms of presentation behind decode time. */
export function compositionMsOf(body: Uint8Array): number {
  return (((body[2] ?? 0) << 24) | ((body[3] ?? 0) << 16) | ((body[4] ?? 0) << 8)) >> 8
}

export function opusPacketOf(body: Uint8Array): Uint8Array {
  return body.subarray(EXTENDED_AUDIO_BYTES)
}
