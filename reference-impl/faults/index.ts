import { apiFaults } from './api.ts'
import { cdnFaults } from './cdn.ts'
import type { Fault } from './fault.ts'
import { h5liveFaults } from './h5live.ts'
import { hlsFaults } from './hls.ts'
import { loadFaults } from './load.ts'
import { playbackFaults } from './playback.ts'
import { rtmpFaults } from './rtmp.ts'
import { srtFaults } from './srt.ts'
import { whipFaults } from './whip.ts'

export const faults: readonly Fault[] = [
  ...apiFaults,
  ...rtmpFaults,
  ...srtFaults,
  ...h5liveFaults,
  ...hlsFaults,
  ...whipFaults,
  ...playbackFaults,
  ...loadFaults,
  ...cdnFaults,
]
