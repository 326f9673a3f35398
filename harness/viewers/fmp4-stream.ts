import { BoxSplitter, type TopBox } from './box-splitter.ts'
import { FragmentError } from './fragment-error.ts'
import { type Fragment, readFragment } from './fragment-reader.ts'
import { type InitFacts, readInit } from './init-reader.ts'

export type Fmp4Unit =
  | { readonly kind: 'init'; readonly init: InitFacts; readonly bytes: Uint8Array }
  | {
      readonly kind: 'fragment'
      readonly fragment: Fragment
      readonly bytes: readonly Uint8Array[]
    }

/** Boxes that may stand between fragments and say nothing about samples. */
const IGNORED = new Set(['styp', 'sidx', 'ssix', 'prft', 'emsg', 'free', 'skip', 'uuid', 'mfra'])

/**
 * Reads fragmented MP4 as it comes, in chunks of any size: initialisation segments, again and
 * again, and fragments. After an error the rest of the stream cannot be trusted.
 */
export class Fmp4Stream {
  readonly #splitter = new BoxSplitter()
  #init: InitFacts | null = null
  #ftyp: Uint8Array | null = null
  #moof: Uint8Array | null = null

  get init(): InitFacts | null {
    return this.#init
  }

  /** Bytes of a box that has begun and not ended. */
  get pendingBytes(): number {
    return this.#splitter.pendingBytes
  }

  /** @throws FragmentError */
  push(chunk: Uint8Array): Fmp4Unit[] {
    const units: Fmp4Unit[] = []
    for (const box of this.#splitter.push(chunk)) {
      const unit = this.#take(box)
      if (unit) units.push(unit)
    }
    return units
  }

  #take({ type, bytes }: TopBox): Fmp4Unit | null {
    if (this.#ftyp && type !== 'moov') throw unexpected(type, 'after ftyp')
    if (this.#moof && type !== 'mdat') throw unexpected(type, 'after moof')
    switch (type) {
      case 'ftyp':
        this.#ftyp = bytes
        return null
      case 'moov': {
        if (!this.#ftyp) throw unexpected(type, 'without ftyp')
        const segment = Buffer.concat([this.#ftyp, bytes])
        this.#ftyp = null
        this.#init = readInit(segment)
        return { kind: 'init', init: this.#init, bytes: segment }
      }
      case 'moof':
        if (!this.#init) throw unexpected(type, 'before any initialisation segment')
        this.#moof = bytes
        return null
      case 'mdat': {
        if (!this.#moof || !this.#init) throw unexpected(type, 'without moof')
        const moof = this.#moof
        this.#moof = null
        const fragment = readFragment(moof, bytes, this.#init)
        return { kind: 'fragment', fragment, bytes: [moof, bytes] }
      }
      default:
        if (!IGNORED.has(type)) throw unexpected(type, 'at the top level')
        return null
    }
  }
}

function unexpected(type: string, where: string): FragmentError {
  return new FragmentError('LP_FRAGMENT_UNEXPECTED', `${JSON.stringify(type)} ${where}`)
}
