/** How an edge reaches its origin, and which origins it believes. */
export class OriginAccess {
  /** `ws://host:port` */
  readonly websocket: string
  /** `http://host:port` */
  readonly http: string
  readonly secret: string
  #generation = 0

  /** @param url `http://host:port` of the origin's door for edges */
  constructor(url: string, secret: string) {
    const { host } = new URL(url)
    this.websocket = `ws://${host}`
    this.http = `http://${host}`
    this.secret = secret
  }

  /**
   * Each start of an origin has a higher number than the one before. One that comes back from a
   * pause after another took over has a lower one, and must not be believed.
   */
  admits(generation: number): boolean {
    if (generation < this.#generation) return false
    this.#generation = generation
    return true
  }
}
