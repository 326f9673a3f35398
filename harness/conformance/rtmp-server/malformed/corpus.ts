import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { amfCases } from './amf-cases.ts'
import { chunkStreamCases } from './chunk-stream-cases.ts'
import { commandCases } from './command-cases.ts'
import { handshakeCases } from './handshake-cases.ts'
import type { MalformedCase } from './malformed-case.ts'
import { mediaCases } from './media-cases.ts'

export const CORPUS = fileURLToPath(new URL('../../../../fixtures/corpora/rtmp/', import.meta.url))

/** The readable tables that the committed files are made from, by file. */
export const corpusTables: Readonly<Record<string, readonly MalformedCase[]>> = {
  handshake: handshakeCases,
  chunk: chunkStreamCases,
  amf: amfCases,
  command: commandCases,
  media: mediaCases,
}

const fileSchema = z.array(
  z.object({
    name: z.string(),
    stage: z.enum(['open', 'greeted', 'connected', 'created', 'publishing']),
    pieces: z.array(z.object({ hex: z.hex(), times: z.int().min(1).default(1) })),
  }),
)

/** A table as its file has it: one case a line. */
export function corpusText(cases: readonly MalformedCase[]): string {
  const lines = cases.map(({ name, stage, pieces }) =>
    JSON.stringify({
      name,
      stage,
      pieces: pieces.map(({ bytes, times }) => ({
        hex: bytes.toString('hex'),
        ...(times > 1 ? { times } : {}),
      })),
    }),
  )
  return `[\n${lines.join(',\n')}\n]\n`
}

/** Every committed case, what fuzzing found included. @throws ZodError for a file that is none */
export function readCorpus(): MalformedCase[] {
  const files = readdirSync(CORPUS).filter((file) => file.endsWith('.json'))
  return files.sort().flatMap((file) =>
    fileSchema.parse(JSON.parse(readFileSync(CORPUS + file, 'utf8'))).map((it) => ({
      ...it,
      pieces: it.pieces.map(({ hex, times }) => ({ bytes: Buffer.from(hex, 'hex'), times })),
    })),
  )
}
