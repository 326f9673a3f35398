import { FragmentError } from '../fragment-error.ts'
import { type InitFacts, readInit } from '../init-reader.ts'

/** `ftyp` with the brand iso6: the reader of init segments wants one, and what it says is not used. */
const FTYP = Buffer.from('000000106674797069736f3600000000', 'hex')
const HEADER_BYTES = 8

/** The last one of this thread: a crowd gets the same bytes again and again. */
let last: { readonly bytes: Buffer; readonly facts: InitFacts } | null = null

/** Reads the content of a `moov`; null for one that cannot be read. */
export function initOf(chunk: Buffer, from: number, to: number): InitFacts | null {
  if (last !== null && chunk.compare(last.bytes, 0, last.bytes.length, from, to) === 0)
    return last.facts
  const bytes = Buffer.from(chunk.subarray(from, to))
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(HEADER_BYTES + bytes.length)
  header.write('moov', 4, 'latin1')
  try {
    const facts = readInit(Buffer.concat([FTYP, header, bytes]))
    last = { bytes, facts }
    return facts
  } catch (error) {
    if (error instanceof FragmentError) return null
    throw error
  }
}
