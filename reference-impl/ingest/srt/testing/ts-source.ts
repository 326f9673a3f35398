import { TsMuxer } from '../../../wire/mpeg-ts-muxer.ts'

const PID = 256
const FPS = 50

/** A transport stream of intra pictures that hold nothing but their number; 50 a second. */
export class TsSource {
  /** Between two pictures, 90 kHz. */
  static readonly STEP_TICKS = 90_000 / FPS
  readonly #muxer = new TsMuxer({ streams: [{ pid: PID, type: 0x1b }], pcrPid: PID })
  readonly #frameBytes: number
  #frames = 0

  /** bytes of each picture; 1900 bring about 100 packets a second */
  constructor(frameBytes = 1_900) {
    this.#frameBytes = frameBytes
  }

  get frames(): number {
    return this.#frames
  }

  /** The next picture as payloads of at most seven transport packets. */
  next(): Buffer[] {
    const data = Buffer.alloc(this.#frameBytes, 0x41)
    data.set([0, 0, 0, 1, 0x65])
    const dts = 90_000 + this.#frames * TsSource.STEP_TICKS
    this.#frames += 1
    const bytes = this.#muxer.unit({ pid: PID, streamId: 0xe0, pts: dts, dts, key: true, data })
    const payloads: Buffer[] = []
    for (let at = 0; at < bytes.length; at += 1316) payloads.push(bytes.subarray(at, at + 1316))
    return payloads
  }
}
