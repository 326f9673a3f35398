import { apiInput } from './fuzz-api.ts'
import { h5liveInput } from './fuzz-h5live.ts'
import { hlsInput } from './fuzz-hls.ts'
import type { FuzzInput, FuzzKind } from './fuzz-input.ts'
import { rtmpInput } from './fuzz-rtmp.ts'
import { srtInput } from './fuzz-srt.ts'
import { whipInput } from './fuzz-whip.ts'

export const fuzzInputs: Readonly<Record<FuzzKind, FuzzInput>> = {
  rtmp: rtmpInput,
  srt: srtInput,
  whip: whipInput,
  api: apiInput,
  h5live: h5liveInput,
  hls: hlsInput,
}
