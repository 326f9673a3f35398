/** Bytes in, and out again in pieces of any size, without copying. */
export class ByteQueue {
  readonly #chunks: Buffer[] = []
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  /** The first `count` bytes, in as many pieces as they lie in. @throws RangeError for more than there are */
  take(count: number): Buffer[] {
    if (count > this.#length) throw new RangeError(`${count} of ${this.#length} bytes`)
    this.#length -= count
    const taken: Buffer[] = []
    let left = count
    while (left > 0) {
      const chunk = this.#chunks[this.#head]!
      if (chunk.length <= left) {
        taken.push(chunk)
        left -= chunk.length
        this.#head++
      } else {
        taken.push(chunk.subarray(0, left))
        this.#chunks[this.#head] = chunk.subarray(left)
        left = 0
      }
    }
    if (this.#head > 64) {
      this.#chunks.splice(0, this.#head)
      this.#head = 0
    }
    return taken
  }
}
