import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { CorpusCase } from './corpus-case.ts'
import { feedTables } from './feed-cases.ts'
import { flvTables } from './flv-cases.ts'
import { fmp4Tables } from './fmp4-cases.ts'
import { hlsTables } from './hls-cases.ts'
import { rtpTables } from './rtp-cases.ts'
import { sdpTables } from './sdp-cases.ts'
import { srtTables } from './srt-cases.ts'
import { stampTables } from './stamp-cases.ts'
import { tsTables } from './ts-cases.ts'
import { whipTables } from './whip-cases.ts'

export const CORPORA: string = fileURLToPath(new URL('../../../fixtures/corpora/', import.meta.url))

/** The readable tables that the committed files are made from, by folder and file. */
export const corpusTables = {
  ...{ srt: srtTables, ts: tsTables, sdp: sdpTables, rtp: rtpTables, whip: whipTables },
  ...{ flv: flvTables, fmp4: fmp4Tables, stamp: stampTables, hls: hlsTables, feed: feedTables },
} satisfies Readonly<Record<string, Readonly<Record<string, readonly CorpusCase[]>>>>

export type CorpusName = keyof typeof corpusTables

const fileSchema = z.array(
  z.object({
    name: z.string(),
    pieces: z.array(
      z.union([
        z.object({ hex: z.hex(), times: z.int().min(1).default(1) }),
        z.object({ text: z.string(), times: z.int().min(1).default(1) }),
      ]),
    ),
  }),
)

/** Folders whose cases are written as text. */
const TEXTS: ReadonlySet<CorpusName> = new Set(['sdp', 'whip', 'hls'])
/** A part that comes so often is written once. */
const OFTEN = 16

/** A table as its file has it: one case a line. */
export function corpusText(corpus: CorpusName, cases: readonly CorpusCase[]): string {
  const lines = cases.map(({ name, bytes }) => {
    const pieces = TEXTS.has(corpus)
      ? folded(bytes.toString('latin1')).map(({ part, times }) => piece('text', part, times))
      : folded(bytes.toString('hex'), 2).map(({ part, times }) => piece('hex', part, times))
    return JSON.stringify({ name, pieces })
  })
  return `[\n${lines.join(',\n')}\n]\n`
}

function piece(kind: 'hex' | 'text', part: string, times: number): Record<string, unknown> {
  return { [kind]: part, ...(times > 1 ? { times } : {}) }
}

/** Runs of one short part (a byte, or a line of text) become that part and a number. */
function folded(text: string, unit = 1): { part: string; times: number }[] {
  const pattern =
    unit === 2 ? /((?:..){1,4}?)\1{31,}/g : new RegExp(`([^\\n]{1,60}?\\n?)\\1{${OFTEN},}`, 'g')
  const pieces: { part: string; times: number }[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    const [whole, part = ''] = match
    if (unit === 2 && match.index % 2 !== 0) continue
    if (match.index > at) pieces.push({ part: text.slice(at, match.index), times: 1 })
    pieces.push({ part, times: whole.length / part.length })
    at = match.index + whole.length
  }
  if (at < text.length || pieces.length === 0) pieces.push({ part: text.slice(at), times: 1 })
  return pieces
}

/** Every committed case of one folder. @throws ZodError for a file that is none */
export function readCorpus(corpus: CorpusName): CorpusCase[] {
  const folder = `${CORPORA}${corpus}/`
  const files = existsSync(folder) ? readdirSync(folder).filter((it) => it.endsWith('.json')) : []
  return files.sort().flatMap((file) =>
    fileSchema.parse(JSON.parse(readFileSync(folder + file, 'utf8'))).map(({ name, pieces }) => ({
      name,
      bytes: Buffer.concat(
        pieces.map((it) =>
          'hex' in it
            ? Buffer.from(it.hex.repeat(it.times), 'hex')
            : Buffer.from(it.text.repeat(it.times), 'latin1'),
        ),
      ),
    })),
  )
}
