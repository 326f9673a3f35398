import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BintuClient } from '../targets/bintu-client.ts'
import type { Target } from '../targets/target.ts'
import type { FuzzKind } from './fuzz-input.ts'
import { fuzzPart } from './fuzz-part.ts'
import type { FuzzPart, FuzzResult } from './fuzz-result.ts'
import { requireLoopback } from './loopback.ts'

export interface FuzzOptions {
  readonly target: Target
  /** Ends the run when they are over; 60 when neither this nor `sessions` is given. */
  readonly seconds?: number
  /** Sessions in all. */
  readonly sessions?: number
  readonly seed: number
  /** Which interfaces; all unless told otherwise. */
  readonly kinds?: readonly FuzzKind[]
  /** Folder for inputs that harm; none are saved when absent. */
  readonly out?: string
  readonly onProgress?: (progress: { kind: FuzzKind; done: number }) => void
}

/** How the sessions and the time are shared out. */
const SHARES: Readonly<Record<FuzzKind, number>> = {
  rtmp: 4,
  srt: 2,
  whip: 2,
  api: 1,
  h5live: 1,
  hls: 1,
}
const DEFAULT_SECONDS = 60
const ALL: readonly FuzzKind[] = ['rtmp', 'srt', 'whip', 'api', 'h5live', 'hls']

/**
 * Sends mutated sessions and requests to a running target on loopback while a healthy stream runs
 * beside them. Which inputs are sent depends on `seed` alone; how many, also on the machine.
 * @throws UsageError LP_FUZZ_NOT_LOOPBACK
 * @throws TargetError when not even the healthy stream comes about
 */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { target, seed, kinds = ALL, onProgress = () => {} } = options
  requireLoopback(target.api)
  const client = new BintuClient({ api: target.api, apiKey: target.apiKey })
  const sample = await client.createStream()
  requireLoopback(sample.ingest.rtmp, sample.playout.h5live)
  await client.deleteStream(sample.id)

  const noLimit = options.sessions === undefined && options.seconds === undefined
  const seconds = noLimit ? DEFAULT_SECONDS : (options.seconds ?? Number.POSITIVE_INFINITY)
  const sessions = options.sessions ?? Number.POSITIVE_INFINITY
  const shares = kinds.reduce((sum, kind) => sum + SHARES[kind], 0)
  const parts: FuzzPart[] = []
  for (const kind of kinds) {
    const share = SHARES[kind] / shares
    const part = await fuzzPart({
      target,
      client,
      kind,
      seed,
      sessions: Math.ceil(sessions * share),
      seconds: seconds * share,
      onProgress,
    })
    parts.push(part)
    if (part.alive === false) break
  }
  const tried = parts.every((part) => part.sessions > 0)
  const ok = tried && parts.every((part) => part.findings.length === 0)
  const exitCode = ok ? 0 : parts.some((part) => part.findings.length > 0) ? 1 : 3
  return { ok, exitCode, parts, saved: ok ? null : save(options, parts) }
}

/** What is needed to see a finding again: kind, seed and index of each input. */
function save({ out }: FuzzOptions, parts: readonly FuzzPart[]): string | null {
  if (out === undefined) return null
  mkdirSync(out, { recursive: true })
  const findings = parts.flatMap(({ kind, seed, findings: found }) =>
    found.map(({ what, indexes }) => ({ kind, seed, what, indexes })),
  )
  writeFileSync(join(out, 'findings.json'), `${JSON.stringify(findings, null, 2)}\n`)
  return out
}
