/** Bytes `start` to `end` of a stream; the end of the stream itself counts as one byte. */
export class Segment {
  readonly start: number
  readonly end: number
  readonly isFin: boolean
  sentAt = 0
  /** Number of this transmission among all of the sender's. */
  order = -1
  transmissions = 0
  acked = false
  sacked = false
  /** Given up, and not sent again yet. */
  lost = false
  /** Given up because time ran out, not because later ones had arrived. */
  timedOut = false

  constructor(start: number, end: number, isFin: boolean) {
    this.start = start
    this.end = end
    this.isFin = isFin
  }
}
