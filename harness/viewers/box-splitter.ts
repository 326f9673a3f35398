import { fourCC, u32, u64 } from './boxes.ts'
import { FragmentError } from './fragment-error.ts'
import { MAX_BOX_BYTES } from './limits.ts'

export interface TopBox {
  readonly type: string
  /** Header included. A view into the chunk when the box lies in one chunk, else a copy. */
  readonly bytes: Uint8Array
}

/** Cuts a byte stream, in chunks of any size, into the boxes of its top level. */
export class BoxSplitter {
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  /** Size of the box that is pending, once its header is there. */
  #wanted = 0

  /** Bytes of a box that has begun and not ended. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** @throws FragmentError; nothing more can be read after it. */
  push(chunk: Uint8Array): TopBox[] {
    const boxes: TopBox[] = []
    let rest = chunk
    if (this.#pendingBytes > 0) {
      rest = this.#fill(chunk, boxes)
      if (this.#pendingBytes > 0) return boxes
    }
    while (rest.length > 0) {
      const size = sizeOf(rest)
      if (size === null || size > rest.length) {
        this.#hold(rest, size ?? 0)
        break
      }
      boxes.push({ type: fourCC(rest, 4), bytes: rest.subarray(0, size) })
      rest = rest.subarray(size)
    }
    return boxes
  }

  /** Completes the pending box out of `chunk`; returns what is left of the chunk. */
  #fill(chunk: Uint8Array, boxes: TopBox[]): Uint8Array {
    let rest = chunk
    if (this.#wanted === 0) {
      // Not even a header yet: at most 15 bytes are pending, so joining them is cheap.
      const joined = Buffer.concat([...this.#pending, rest])
      this.#pending = []
      this.#pendingBytes = 0
      const size = sizeOf(joined)
      if (size === null || size > joined.length) {
        this.#hold(joined, size ?? 0)
        return joined.subarray(joined.length)
      }
      boxes.push({ type: fourCC(joined, 4), bytes: joined.subarray(0, size) })
      return joined.subarray(size)
    }
    const missing = this.#wanted - this.#pendingBytes
    const part = rest.subarray(0, missing)
    rest = rest.subarray(part.length)
    this.#pending.push(part)
    this.#pendingBytes += part.length
    if (this.#pendingBytes === this.#wanted) {
      const bytes = Buffer.concat(this.#pending)
      this.#pending = []
      this.#pendingBytes = 0
      this.#wanted = 0
      boxes.push({ type: fourCC(bytes, 4), bytes })
    }
    return rest
  }

  #hold(bytes: Uint8Array, wanted: number): void {
    this.#pending = bytes.length > 0 ? [bytes] : []
    this.#pendingBytes = bytes.length
    this.#wanted = wanted
  }
}

/** null until the header is complete. */
function sizeOf(bytes: Uint8Array): number | null {
  if (bytes.length < 8) return null
  let size = u32(bytes, 0)
  let header = 8
  if (size === 1) {
    if (bytes.length < 16) return null
    size = u64(bytes, 8)
    header = 16
  }
  if (size < header) {
    // Size 0 (“to the end of the file”) has no meaning in a live stream.
    throw new FragmentError('LP_FRAGMENT_BOX_SIZE', `${fourCC(bytes, 4)} of ${size} bytes`)
  }
  if (size > MAX_BOX_BYTES) {
    throw new FragmentError('LP_FRAGMENT_LIMIT', `${fourCC(bytes, 4)} of ${size} bytes`)
  }
  return size
}
