import type { IngestFrames } from './record.ts'

/** Rows from the first frame on; they double as needed. Many sessions never send one. */
const FIRST_ROWS = 256

const AUDIO = 1
const KEY = 2
const IDR = 4

export interface FrameRow {
  readonly track: 'video' | 'audio'
  /** 90 kHz ticks */
  readonly dts: number
  /** pts − dts, 90 kHz ticks */
  readonly cts: number
  readonly key: boolean
  readonly idr: boolean
  /** bytes */
  readonly size: number
  /** ms since the session opened */
  readonly at: number
}

/** The frames of an ingest record at 25 bytes each, for there are many sessions of many frames. */
export class FrameColumns {
  #length = 0
  #flags = new Uint8Array(0)
  #dts = new Float64Array(0)
  #cts = new Int32Array(0)
  #size = new Uint32Array(0)
  #at = new Float64Array(0)

  get length(): number {
    return this.#length
  }

  add({ track, dts, cts, key, idr, size, at }: FrameRow): void {
    if (this.#length === this.#at.length) this.#grow()
    const row = this.#length++
    this.#flags[row] = (track === 'audio' ? AUDIO : 0) | (key ? KEY : 0) | (idr ? IDR : 0)
    this.#dts[row] = dts
    this.#cts[row] = cts
    this.#size[row] = size
    this.#at[row] = at
  }

  /** As the record shows them. */
  toFrames(): IngestFrames {
    const flag = (bit: number) =>
      Array.from(this.#flags.subarray(0, this.#length), (f) => (f & bit ? 1 : 0))
    const column = (
      values: ArrayLike<number> & { subarray(a: number, b: number): Iterable<number> },
    ) => Array.from(values.subarray(0, this.#length))
    return {
      track: flag(AUDIO),
      dts: column(this.#dts),
      cts: column(this.#cts),
      key: flag(KEY),
      idr: flag(IDR),
      size: column(this.#size),
      at: column(this.#at),
    }
  }

  #grow(): void {
    const rows = Math.max(FIRST_ROWS, this.#at.length * 2)
    const grown = <T extends { set(old: T): void }>(larger: T, old: T): T => {
      larger.set(old)
      return larger
    }
    this.#flags = grown(new Uint8Array(rows), this.#flags)
    this.#dts = grown(new Float64Array(rows), this.#dts)
    this.#cts = grown(new Int32Array(rows), this.#cts)
    this.#size = grown(new Uint32Array(rows), this.#size)
    this.#at = grown(new Float64Array(rows), this.#at)
  }
}
