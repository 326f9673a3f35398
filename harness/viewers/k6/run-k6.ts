import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { EnvironmentError } from '../../errors.ts'
import type { ProcessUse } from '../../load/process-meter.ts'
import { wallClockOffset } from '../../measure/wall-clock.ts'
import { findProgram } from '../../setup/program.ts'
import { k6 } from '../../setup/programs.ts'
import { type K6Cost, K6Meter } from './k6-meter.ts'
import { type Lines, parseLines } from './line.ts'

export type K6Format = 'h5live' | 'll-hls' | 'api'

export interface K6Options {
  readonly format: K6Format
  /** WebSocket addresses, playlist addresses or the base of the API; viewers take turns. */
  readonly urls: readonly string[]
  readonly apiKey?: string
  readonly viewers: number
  readonly rampSeconds: number
  readonly holdSeconds: number
  /** k6's own metrics and expressions, such as `{ lp_delivery_latency: ['p(95)<800'] }`. */
  readonly thresholds?: Readonly<Record<string, readonly string[]>>
  /** One of several runners that share the load: the `index`-th of `of`, from 0. */
  readonly segment?: { readonly index: number; readonly of: number }
  readonly signal?: AbortSignal
  /** About once a second, when it is known what k6 uses. */
  onUse?(use: ProcessUse): void
}

export interface K6Threshold {
  readonly metric: string
  readonly expression: string
  readonly held: boolean
}

export interface K6Result {
  /** Of its viewers, for adding up with those of other runners. */
  readonly lines: Lines
  /** How far the mapping of the clocks may be off, ms. */
  readonly clockErrorMs: number
  readonly thresholds: readonly K6Threshold[]
  /** k6 ended with the exit code that says so, 99. */
  readonly thresholdsCrossed: boolean
  readonly cost: K6Cost
}

const SCRIPT = fileURLToPath(new URL('script/load.ts', import.meta.url))
const USE_INTERVAL_MS = 1_000
/** k6 reads its script and makes its virtual users before the first viewer comes. */
const SETTLE_S = 2
/** After an interrupt k6 may take this long to end, ms. */
const STOP_TIMEOUT_MS = 10_000
/** k6's exit code when thresholds were crossed and nothing else was wrong. */
const THRESHOLDS_CROSSED = 99
const MAX_STDERR = 4_000

const summary = z.object({
  metrics: z.record(
    z.string(),
    z.object({ thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional() }),
  ),
})

/**
 * Runs the real k6 with our script, and returns what its viewers saw.
 * @throws EnvironmentError `LP_K6_MISSING`, `LP_K6_FAILED`
 */
export async function runK6(options: K6Options): Promise<K6Result> {
  const binary = findProgram(k6)
  if (!binary)
    throw new EnvironmentError('LP_K6_MISSING', 'k6 is not installed; ./liveproof doctor --fix')
  const dir = await mkdtemp(join(tmpdir(), 'liveproof-k6-'))
  const [consoleFile, summaryFile] = [join(dir, 'viewers.jsonl'), join(dir, 'summary.json')]
  const offsetBefore = wallClockOffset()
  try {
    const child = spawn(binary, k6Arguments(options, consoleFile), {
      env: k6Environment(options, offsetBefore, summaryFile),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const { code, cost } = await attend(child, options)
    const clockErrorMs = Math.abs(wallClockOffset() - offsetBefore) + 0.01
    const lines = await readFile(consoleFile, 'utf8').catch(() => '')
    const judged = summary.parse(JSON.parse(await readFile(summaryFile, 'utf8')))
    return {
      lines: parseLines([lines]),
      clockErrorMs,
      cost,
      thresholdsCrossed: code === THRESHOLDS_CROSSED,
      thresholds: Object.entries(judged.metrics).flatMap(([metric, { thresholds = {} }]) =>
        Object.entries(thresholds).map(([expression, { ok }]) => ({
          metric,
          expression,
          held: ok,
        })),
      ),
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function k6Arguments({ segment }: K6Options, consoleFile: string): string[] {
  const share = segment
    ? [
        '--execution-segment',
        `${segment.index}/${segment.of}:${segment.index + 1}/${segment.of}`,
        '--execution-segment-sequence',
        Array.from({ length: segment.of + 1 }, (_, n) => `${n}/${segment.of}`).join(','),
      ]
    : []
  // An empty address leaves k6's own control server out, which would want a fixed port.
  const quiet = ['--quiet', '--no-color', '--no-usage-report', '--address', '']
  return [
    'run',
    ...quiet,
    ...['--log-format', 'raw', '--console-output', consoleFile],
    ...share,
    SCRIPT,
  ]
}

function k6Environment(
  options: K6Options,
  clockOffsetMs: number,
  summaryFile: string,
): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LOAD_FORMAT: options.format,
    LOAD_URL: options.urls.join(' '),
    LOAD_API_KEY: options.apiKey ?? '',
    LOAD_VIEWERS: String(options.viewers),
    LOAD_RAMP_S: String(options.rampSeconds),
    LOAD_HOLD_S: String(options.holdSeconds),
    LOAD_CLOCK_OFFSET_MS: String(clockOffsetMs),
    LOAD_THRESHOLDS: JSON.stringify(options.thresholds ?? {}),
    LOAD_SUMMARY: summaryFile,
  }
}

/** Waits for the end of k6, counts what it costs, and passes an abort on to it. */
async function attend(
  child: ChildProcess,
  { signal, rampSeconds, holdSeconds, onUse }: K6Options,
): Promise<{ code: number; cost: K6Cost }> {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR)
  })
  const began = performance.now()
  // Without an id the process could not be started, which its error says.
  const meter = new K6Meter(child.pid ?? 0)
  const ticker = setInterval(() => {
    const use = meter.now()
    if (use) onUse?.(use)
  }, USE_INTERVAL_MS)
  let killer: NodeJS.Timeout | undefined
  const onAbort = () => {
    child.kill('SIGINT')
    killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  }
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    signal?.throwIfAborted()
    if (code !== 0 && code !== THRESHOLDS_CROSSED)
      throw new EnvironmentError('LP_K6_FAILED', `k6 ended with ${code}: ${stderr.trim()}`)
    const holdBegan = began + (rampSeconds + SETTLE_S) * 1000
    return { code, cost: meter.cost(holdBegan, holdSeconds * 1000) }
  } finally {
    meter.stop()
    clearInterval(ticker)
    clearTimeout(killer)
    signal?.removeEventListener('abort', onAbort)
  }
}
