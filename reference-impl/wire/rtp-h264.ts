// H.264 over RTP (RFC 6184): single NAL units, STAP-A and FU-A, packetization modes 0 and 1.
import { WireError } from '../errors.ts'
import { DEFAULT_DEPACKETIZER_LIMITS, type DepacketizerLimits } from './limits.ts'

const STAP_A = 24
const FU_A = 28
const START = 0x80
const END = 0x40
/** What holding a part costs at least, however short it is, bytes. */
const PART_BYTES = 64

export interface RtpAccessUnit {
  readonly units: readonly Uint8Array[]
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number
  /** False when a packet of it was lost. */
  readonly complete: boolean
}

/** Puts access units together from the packets of one source, which come in order. */
export class H264Depacketizer {
  readonly #limits: DepacketizerLimits
  #units: Uint8Array[] = []
  #fragments: Uint8Array[] | null = null
  #bytes = 0
  #timestamp = 0
  #complete = true
  #open = false

  constructor(limits: DepacketizerLimits = DEFAULT_DEPACKETIZER_LIMITS) {
    this.#limits = limits
  }

  /**
   * A packet's payload; returns the access units that it ends: usually none or one, two when the
   * last one's marker was lost. Throws `LP_RTP_H264`; the access unit is then incomplete.
   */
  push(payload: Uint8Array, timestamp: number, marker: boolean): RtpAccessUnit[] {
    const done: RtpAccessUnit[] = []
    if (this.#open && timestamp !== this.#timestamp) done.push(...this.#finish())
    this.#timestamp = timestamp
    this.#open = true
    try {
      if (payload.length > 0) this.#packet(payload)
    } catch (error) {
      this.#complete = false
      this.#fragments = null
      throw error
    } finally {
      if (marker) done.push(...this.#finish())
    }
    return done
  }

  /** Packets are missing before the next one: whatever is open cannot be complete. */
  lost(): void {
    this.#complete = false
    this.#fragments = null
  }

  #finish(): RtpAccessUnit[] {
    if (this.#fragments !== null) this.#complete = false
    const unit = { units: this.#units, timestamp: this.#timestamp, complete: this.#complete }
    this.#units = []
    this.#fragments = null
    this.#bytes = 0
    this.#open = false
    this.#complete = true
    return unit.units.length > 0 || !unit.complete ? [unit] : []
  }

  #packet(payload: Uint8Array): void {
    const type = (payload[0] ?? 0) & 31
    if (type === FU_A) {
      this.#fragment(payload)
      return
    }
    if (this.#fragments !== null) {
      this.#fragments = null
      this.#complete = false
    }
    if (type === STAP_A) this.#aggregate(payload)
    else if (type >= 1 && type <= 23) this.#add(payload)
    else throw new WireError('LP_RTP_H264', `packets of type ${type} are not of mode 0 or 1`)
  }

  #aggregate(payload: Uint8Array): void {
    for (let at = 1; at < payload.length; ) {
      const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0)
      at += 2
      if (size === 0 || at + size > payload.length) {
        throw new WireError('LP_RTP_H264', 'a NAL unit of a STAP-A is cut short')
      }
      this.#add(payload.subarray(at, at + size))
      at += size
    }
  }

  #fragment(payload: Uint8Array): void {
    const [indicator = 0, header = 0] = payload
    if (payload.length < 3) throw new WireError('LP_RTP_H264', 'a FU-A without content')
    if (header & START) {
      if (this.#fragments !== null) this.#complete = false
      this.#count(payload.length)
      this.#fragments = [Uint8Array.of((indicator & 0xe0) | (header & 31))]
    }
    const fragments = this.#fragments
    if (fragments === null) {
      // Its beginning was lost.
      this.#complete = false
      return
    }
    if (!(header & START)) this.#count(payload.length)
    fragments.push(payload.subarray(2))
    if (!(header & END)) return
    this.#fragments = null
    this.#push(Buffer.concat(fragments))
  }

  #add(unit: Uint8Array): void {
    this.#count(unit.length)
    this.#push(unit)
  }

  #push(unit: Uint8Array): void {
    if (this.#units.length >= this.#limits.maxNalUnits) {
      throw new WireError('LP_RTP_H264', 'too many NAL units in one access unit')
    }
    this.#units.push(unit)
  }

  #count(bytes: number): void {
    this.#bytes += Math.max(bytes, PART_BYTES)
    if (this.#bytes > this.#limits.maxUnitBytes) {
      throw new WireError('LP_RTP_H264', 'an access unit is too large')
    }
  }
}

/**
 * The payloads of one access unit in packetization mode 1: SPS, PPS and what else is small go
 * together in a STAP-A, what is longer than `maxBytes` in FU-As. The last payload gets the marker.
 */
export function packetizeH264(units: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  const payloads: Uint8Array[] = []
  let small: Uint8Array[] = []
  const flush = () => {
    const [only] = small
    if (small.length === 1 && only) payloads.push(only)
    else if (small.length > 1) payloads.push(stapA(small))
    small = []
  }
  let bytes = 1
  for (const unit of units) {
    if (bytes + 2 + unit.length > maxBytes) {
      flush()
      bytes = 1
    }
    if (unit.length > maxBytes) {
      payloads.push(...fuA(unit, maxBytes))
    } else {
      small.push(unit)
      bytes += 2 + unit.length
    }
  }
  flush()
  return payloads
}

/** Packetization mode 0: one packet a NAL unit, however long. */
export function packetizeH264Single(units: readonly Uint8Array[]): Uint8Array[] {
  return [...units]
}

function stapA(units: readonly Uint8Array[]): Buffer {
  const importance = Math.max(...units.map((unit) => (unit[0] ?? 0) & 0x60))
  const parts: Uint8Array[] = [Uint8Array.of(importance | STAP_A)]
  for (const unit of units) {
    parts.push(Uint8Array.of(unit.length >> 8, unit.length & 255), unit)
  }
  return Buffer.concat(parts)
}

function fuA(unit: Uint8Array, maxBytes: number): Buffer[] {
  const header = unit[0] ?? 0
  const payloads: Buffer[] = []
  const size = maxBytes - 2
  for (let at = 1; at < unit.length; at += size) {
    const first = at === 1 ? START : 0
    const last = at + size >= unit.length ? END : 0
    const head = Uint8Array.of((header & 0xe0) | FU_A, first | last | (header & 31))
    payloads.push(Buffer.concat([head, unit.subarray(at, at + size)]))
  }
  return payloads
}
