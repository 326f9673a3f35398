import { typeCode, u32 } from '../boxes.ts'
import type { InitFacts } from '../init-reader.ts'
import { initOf } from './init-cache.ts'
import { MAX_HEADER_BOX_BYTES, MAX_UNIT_BYTES, STAMP_WINDOW_BYTES } from './limits.ts'
import { MoofFacts, scanMoof } from './moof-scan.ts'
import { found, scanStamp } from './stamp-scan.ts'

export interface FragmentSink {
  /** An initialisation segment is whole. */
  init(): void
  /** The last byte of a fragment has come; `scanner` says what it was, until the next one. */
  fragment(scanner: FragmentScanner): void
  /** What came is no fragmented MP4; nothing is read any more. */
  broken(reason: string): void
}

const MOOV = typeCode('moov')
const MOOF = typeCode('moof')
const MDAT = typeCode('mdat')
const HEADER_BYTES = 8

/**
 * Reads fragmented MP4 in chunks cut anywhere, for what a load test wants to know: which frames
 * came, when they were composed, whether they are key frames. Works on the chunk where it can;
 * keeps the boxes that a cut went through, and nothing else.
 */
export class FragmentScanner {
  readonly facts = new MoofFacts()
  /** Of each video sample of the fragment; frame is −1 where there was no stamp. */
  readonly frames: number[] = []
  readonly times: number[] = []
  readonly tags: number[] = []
  readonly #sink: FragmentSink
  #init: InitFacts | null = null
  #state: 'header' | 'keep' | 'media' | 'skip' = 'header'
  #type = 0
  /** Bytes left of the box. */
  #left = 0
  /** A header, or a box, that a cut went through. */
  #kept: Buffer | null = null
  #keptBytes = 0
  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerBytes = 0
  /** Bytes since the start of the last moof; −1 when none is open. */
  #sinceMoof = -1
  /** The sample whose stamp is looked for next. */
  #next = 0
  #probe: Uint8Array | null = null
  #probeBytes = 0
  #dead = false

  constructor(sink: FragmentSink) {
    this.#sink = sink
  }

  push(chunk: Buffer, from: number, to: number): void {
    let at = from
    while (at < to && !this.#dead) {
      switch (this.#state) {
        case 'header':
          at = this.#readHeader(chunk, at, to)
          break
        case 'keep':
          at = this.#keep(chunk, at, to)
          break
        case 'media':
          at = this.#media(chunk, at, to)
          break
        case 'skip': {
          const count = Math.min(this.#left, to - at)
          at += count
          this.#pass(count)
          if (this.#left === 0) this.#state = 'header'
        }
      }
    }
  }

  #readHeader(chunk: Buffer, from: number, to: number): number {
    if (this.#headerBytes === 0 && to - from >= HEADER_BYTES) {
      this.#box(u32(chunk, from), u32(chunk, from + 4))
      return from + HEADER_BYTES
    }
    const count = Math.min(HEADER_BYTES - this.#headerBytes, to - from)
    for (let i = 0; i < count; i++) this.#header[this.#headerBytes++] = chunk[from + i]!
    if (this.#headerBytes === HEADER_BYTES) {
      this.#headerBytes = 0
      this.#box(u32(this.#header, 0), u32(this.#header, 4))
    }
    return from + count
  }

  #box(size: number, type: number): void {
    if (size < HEADER_BYTES || size > MAX_UNIT_BYTES) {
      this.#break(`a box of ${size} bytes`)
      return
    }
    this.#type = type
    this.#left = size - HEADER_BYTES
    if (type === MOOF) this.#sinceMoof = 0
    if (this.#sinceMoof >= 0) this.#sinceMoof += HEADER_BYTES
    if (type === MOOV || type === MOOF) {
      if (size > MAX_HEADER_BOX_BYTES) {
        this.#break(`a header of ${size} bytes`)
        return
      }
      if (type === MOOF && this.#init === null) {
        this.#break('a fragment before its init')
        return
      }
      this.#state = 'keep'
    } else if (type === MDAT) {
      if (this.#sinceMoof < 0) {
        this.#break('media without a header')
        return
      }
      this.#state = 'media'
      this.#next = 0
      this.#probeBytes = 0
      if (this.#left === 0) this.#fragment()
    } else {
      this.#state = this.#left === 0 ? 'header' : 'skip'
    }
  }

  #keep(chunk: Buffer, from: number, to: number): number {
    const count = Math.min(this.#left, to - from)
    if (this.#kept === null && count === this.#left) {
      this.#pass(count)
      this.#whole(chunk, from, from + count)
      return from + count
    }
    this.#kept ??= Buffer.allocUnsafeSlow(this.#left)
    chunk.copy(this.#kept, this.#keptBytes, from, from + count)
    this.#keptBytes += count
    this.#pass(count)
    if (this.#left === 0) {
      const kept = this.#kept
      this.#kept = null
      this.#keptBytes = 0
      this.#whole(kept, 0, kept.length)
    }
    return from + count
  }

  /** The content of a moov or moof is there. */
  #whole(bytes: Buffer, from: number, to: number): void {
    this.#state = 'header'
    if (this.#type === MOOV) {
      this.#init = initOf(bytes, from, to)
      if (this.#init === null) this.#break('an init segment that cannot be read')
      else this.#sink.init()
    } else if (!scanMoof(bytes, from, to, this.#init!, this.facts)) {
      this.#break('a moof that cannot be read')
    } else {
      for (let i = 0; i < this.facts.count; i++) this.frames[i] = -1
    }
  }

  #media(chunk: Buffer, from: number, to: number): number {
    const count = Math.min(this.#left, to - from)
    const begin = this.#sinceMoof
    const end = begin + count
    const { facts } = this
    while (this.#next < facts.count) {
      const offset = facts.offsets[this.#next]!
      if (offset >= end) break
      const limit = offset + Math.min(facts.sizes[this.#next]!, STAMP_WINDOW_BYTES)
      if (offset >= begin && limit <= end) {
        this.#stamp(chunk, from + offset - begin, from + limit - begin)
      } else if (!this.#collect(chunk, from - begin, offset, limit, begin, end)) break
    }
    this.#pass(count)
    if (this.#left === 0) this.#fragment()
    return from + count
  }

  /** The start of a sample that a cut went through; true when that sample is done with. */
  #collect(
    chunk: Buffer,
    shift: number,
    offset: number,
    limit: number,
    begin: number,
    end: number,
  ): boolean {
    const from = offset + this.#probeBytes
    const until = Math.min(limit, end)
    if (from < begin || until < from) {
      // It lies before what was read: its moof lied.
      this.#probeBytes = 0
      this.#next++
      return true
    }
    this.#probe ??= new Uint8Array(STAMP_WINDOW_BYTES)
    for (let at = from; at < until; at++) this.#probe[this.#probeBytes++] = chunk[shift + at]!
    if (until < limit) return false
    const bytes = this.#probeBytes
    this.#probeBytes = 0
    this.#stamp(this.#probe, 0, bytes)
    return true
  }

  #stamp(bytes: Uint8Array, from: number, to: number): void {
    if (scanStamp(bytes, from, to)) {
      this.frames[this.#next] = found.frame
      this.times[this.#next] = found.timeUs
      this.tags[this.#next] = found.tag
    }
    this.#next++
  }

  #fragment(): void {
    this.#state = 'header'
    this.#sinceMoof = -1
    this.#sink.fragment(this)
  }

  #pass(count: number): void {
    this.#left -= count
    if (this.#sinceMoof >= 0) this.#sinceMoof += count
  }

  #break(reason: string): void {
    if (this.#dead) return
    this.#dead = true
    this.#sink.broken(reason)
  }
}
