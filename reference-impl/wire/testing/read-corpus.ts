import { readdirSync, readFileSync } from 'node:fs'

export interface CorpusCase {
  readonly name: string
  readonly bytes: Buffer
}

interface Piece {
  readonly hex?: string
  readonly text?: string
  readonly times?: number
}

/** The cases of `fixtures/corpora/<folder>`, or of one of its files. */
export function readCorpus(folder: string, file?: string): CorpusCase[] {
  const base = new URL(`../../../fixtures/corpora/${folder}/`, import.meta.url)
  const files = readdirSync(base).filter((it) => it.endsWith('.json'))
  return files
    .filter((it) => file === undefined || it === `${file}.json`)
    .flatMap((it) => {
      const cases = JSON.parse(readFileSync(new URL(it, base), 'utf8'))
      return (cases as { name: string; pieces: Piece[] }[]).map(({ name, pieces }) => ({
        name,
        bytes: Buffer.concat(pieces.map(bytesOf)),
      }))
    })
}

function bytesOf({ hex, text = '', times = 1 }: Piece): Buffer {
  return hex === undefined
    ? Buffer.from(text.repeat(times), 'latin1')
    : Buffer.from(hex.repeat(times), 'hex')
}
