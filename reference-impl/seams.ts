import { type ApiSeams, defaultApiSeams } from './api/seams.ts'
import { type CdnSeams, defaultCdnSeams } from './cdn/seams.ts'
import { defaultH5LiveSeams, type H5LiveSeams } from './delivery/h5live/seams.ts'
import { defaultHlsSeams, type HlsSeams } from './delivery/hls/seams.ts'
import { defaultRtmpSeams, type RtmpSeams } from './ingest/rtmp/seams.ts'
import { defaultSrtSeams, type SrtSeams } from './ingest/srt/seams.ts'
import { defaultWhipSeams, type WhipSeams } from './ingest/whip/seams.ts'
import { defaultLiveSeams, type LiveSeams } from './live/seams.ts'

/**
 * Where faults are installed. Each seam is a function (or a limit) that the reference uses at one
 * place; the default does nothing unusual, and a fault (`--fault ID`, see `faults/`) replaces it.
 * The reference itself has no condition that knows of faults.
 */
export interface Seams {
  api: ApiSeams
  live: LiveSeams
  rtmp: RtmpSeams
  srt: SrtSeams
  whip: WhipSeams
  h5live: H5LiveSeams
  hls: HlsSeams
  cdn: CdnSeams
}

export function defaultSeams(): Seams {
  return {
    api: defaultApiSeams(),
    live: defaultLiveSeams(),
    rtmp: defaultRtmpSeams(),
    srt: defaultSrtSeams(),
    whip: defaultWhipSeams(),
    h5live: defaultH5LiveSeams(),
    hls: defaultHlsSeams(),
    cdn: defaultCdnSeams(),
  }
}
