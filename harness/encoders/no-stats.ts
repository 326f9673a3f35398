import type { EncoderStats } from './encoder.ts'

/** Of an encoder that has sent nothing yet. */
export function noStats(): EncoderStats {
  return {
    framesSent: 0,
    framesDropped: 0,
    bytesSent: 0,
    lateSends: 0,
    maxLatenessMs: 0,
    reconnects: 0,
    lastStatus: null,
  }
}
