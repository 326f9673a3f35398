/**
 * The 48-bit index of a source's packets, of which RTP carries 16 bits: the one that is nearest to
 * the highest so far (RFC 3711 §3.3.1).
 */
export class PacketIndex {
  #highest: number | null = null

  /** @param sequence 16 bits; below 0 for one from before the source began */
  guess(sequence: number): number {
    if (this.#highest === null) return sequence
    return this.#highest + (((sequence - this.#highest) << 16) >> 16)
  }

  /** A packet with this index was authentic. */
  take(index: number): void {
    this.#highest = Math.max(this.#highest ?? 0, index)
  }
}
