/** RTT as SRT smooths it (draft §4.10), ms. */
export class RoundTrip {
  #rtt = 100
  #variance = 50
  #measured = false

  get rttMs(): number {
    return this.#rtt
  }

  get varianceMs(): number {
    return this.#variance
  }

  get measured(): boolean {
    return this.#measured
  }

  sample(ms: number): void {
    if (!this.#measured) {
      this.#measured = true
      this.#rtt = ms
      this.#variance = ms / 2
      return
    }
    this.#variance += (Math.abs(ms - this.#rtt) - this.#variance) / 4
    this.#rtt += (ms - this.#rtt) / 8
  }
}
