// ISO 13818-1 2.4.3: numbers of the transport stream.

export const TS_PACKET_BYTES = 188
export const TS_SYNC_BYTE = 0x47
export const TS_NULL_PID = 0x1fff
export const TS_PAT_PID = 0

export const TsStreamType = {
  mpeg1Audio: 0x03,
  mpeg2Audio: 0x04,
  privateData: 0x06,
  adts: 0x0f,
  latm: 0x11,
  h264: 0x1b,
  hevc: 0x24,
} as const

/** Ticks of 90 kHz after which PTS, DTS and the PCR's base begin with 0 again. */
export const TS_CLOCK_WRAP: number = 2 ** 33

/** `avc1`, `mp4a`, … or `ts-NN` in hex. */
export function tsCodecName(streamType: number): string {
  switch (streamType) {
    case TsStreamType.h264:
      return 'avc1'
    case TsStreamType.hevc:
      return 'hvc1'
    case TsStreamType.adts:
    case TsStreamType.latm:
      return 'mp4a'
    case TsStreamType.mpeg1Audio:
    case TsStreamType.mpeg2Audio:
      return 'mp3'
    default:
      return `ts-${streamType.toString(16).padStart(2, '0')}`
  }
}

/** Follows a 33-bit clock across its wrap (every 26.5 hours): each step is the shorter way round. */
export class TsClock {
  #last: number | null = null

  /** 90 kHz ticks, growing without bound */
  unwrap(value: number): number {
    const last = this.#last
    if (last === null) this.#last = value
    else {
      const step = (((value - last) % TS_CLOCK_WRAP) + TS_CLOCK_WRAP) % TS_CLOCK_WRAP
      this.#last = last + (step < TS_CLOCK_WRAP / 2 ? step : step - TS_CLOCK_WRAP)
    }
    return this.#last
  }
}
