import { TICKS_PER_SECOND } from './frame.ts'
import { JUMP_MS, SAME_CLOCK_MS } from './limits.ts'

type Kind = 'video' | 'audio'

const JUMP = (JUMP_MS * TICKS_PER_SECOND) / 1000
const SAME_CLOCK = (SAME_CLOCK_MS * TICKS_PER_SECOND) / 1000

interface Mapping {
  /** Viewer's time minus encoder's time. */
  shift: number
  lastInput: number
}

/**
 * Maps the encoder's clock onto the viewer's timeline, per track. A republish or a jump of time
 * stamps gives a new mapping, chosen so that the output goes on where it was. Ticks of 90 kHz.
 */
export class ClockMap {
  readonly #tracks: { video?: Mapping; audio?: Mapping } = {}

  /** Another encoder session: its clock has nothing to do with the last one's. */
  restart(): void {
    delete this.#tracks.video
    delete this.#tracks.audio
  }

  /**
   * @param next where the output of each track stands, undefined for one without output
   * @returns the shift to add, and whether the input's clock jumped here
   */
  map(
    kind: Kind,
    dts: number,
    next: { readonly video: number | undefined; readonly audio: number | undefined },
  ): { readonly shift: number; readonly jumped: boolean } {
    const own = this.#tracks[kind]
    if (own !== undefined && Math.abs(dts - own.lastInput) <= JUMP) {
      own.lastInput = dts
      return { shift: own.shift, jumped: false }
    }
    // Whole ticks: where audio stands is rarely one, and video times must stay integers.
    const shift =
      this.#shiftOfOther(kind, dts, next) ?? Math.round((next[kind] ?? latest(next)) - dts)
    this.#tracks[kind] = { shift, lastInput: dts }
    return { shift, jumped: own !== undefined }
  }

  /** Tracks of one encoder share a clock: what the other track's mapping says comes first. */
  #shiftOfOther(
    kind: Kind,
    dts: number,
    next: { readonly video: number | undefined; readonly audio: number | undefined },
  ): number | undefined {
    const otherKind = kind === 'video' ? 'audio' : 'video'
    const other = this.#tracks[otherKind]
    const otherNext = next[otherKind]
    if (other === undefined || otherNext === undefined) return undefined
    return Math.abs(dts + other.shift - otherNext) <= SAME_CLOCK ? other.shift : undefined
  }
}

function latest(next: { readonly video: number | undefined; readonly audio: number | undefined }) {
  return Math.max(next.video ?? 0, next.audio ?? 0)
}
