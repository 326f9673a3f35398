import { apiInput } from './fuzz-api.ts'
import { h5liveInput } from './fuzz-h5live.ts'
import type { FuzzInput, FuzzKind } from './fuzz-input.ts'
import { rtmpInput } from './fuzz-rtmp.ts'

export const fuzzInputs: Readonly<Record<FuzzKind, FuzzInput>> = {
  rtmp: rtmpInput,
  api: apiInput,
  h5live: h5liveInput,
}
