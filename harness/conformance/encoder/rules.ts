import type { EncoderEvidence } from '../ingest-record.ts'
import type { ObservedRule } from '../rule.ts'
import { audioFormat } from './audio-format.ts'
import { avDrift, avInterleave, avStart } from './av-sync.ts'
import { bFrames } from './b-frames.ts'
import { bitrateMax, bitrateRangeRule, bitrateStable } from './bitrate.ts'
import { audioCodec, videoCodec } from './codecs.ts'
import { frameDelay } from './frame-delay.ts'
import { frameRate } from './frame-rate.ts'
import { gopLength, gopRegular } from './gop.ts'
import { groupAligned } from './group-aligned.ts'
import { metadataMatches } from './metadata.ts'
import { resolutionConstant, resolutionPreferred, resolutionStandard } from './resolution.ts'
import { timestampsGap, timestampsMonotonic, timestampsRealtime } from './timestamps.ts'
import { firstFrameKey, parameterSets, profile } from './video-stream.ts'

/** `encoder.*`: judged on what arrived at ingest, whatever the protocol. */
export const encoderRules: readonly ObservedRule<EncoderEvidence>[] = [
  videoCodec,
  audioCodec,
  frameRate,
  gopLength,
  gopRegular,
  bFrames,
  resolutionConstant,
  resolutionStandard,
  resolutionPreferred,
  bitrateRangeRule,
  bitrateMax,
  bitrateStable,
  profile,
  parameterSets,
  firstFrameKey,
  timestampsMonotonic,
  timestampsRealtime,
  timestampsGap,
  frameDelay,
  avStart,
  avDrift,
  avInterleave,
  metadataMatches,
  audioFormat,
  groupAligned,
]
