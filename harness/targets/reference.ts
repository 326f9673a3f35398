import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { EnvironmentError } from '../errors.ts'
import type { Target } from './target.ts'

const START_DEADLINE_MS = 20_000
const CLOSE_DEADLINE_MS = 5_000
const STDERR_TAIL = 4_000

/**
 * How the reference is run. Media passes through it and is soon garbage: a small young generation
 * keeps a hundred publishers under 250 MB at no cost in speed.
 */
export const referenceCommand: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=2',
  fileURLToPath(new URL('../../reference-impl/main.ts', import.meta.url)),
]

/** Allocator arenas beyond two only keep freed memory from the system. */
export const referenceEnvironment = { MALLOC_ARENA_MAX: '2' }

const addressesSchema = z.object({
  schema: z.literal('liveproof/addresses@1'),
  pid: z.int(),
  api: z.url(),
  apiKey: z.string(),
  rtmps: z.object({ url: z.string(), ca: z.string() }),
  srt: z.object({ encrypted: z.object({ url: z.string(), passphrase: z.string() }) }),
  whip: z.object({ webcaster: z.url() }),
  player: z.url(),
  observe: z.url(),
  feed: z.object({ url: z.url(), secret: z.string() }),
})

export interface ReferenceTarget extends Target {
  /** Settles when the process has ended, however that came about. */
  readonly exited: Promise<{
    code: number | null
    signal: NodeJS.Signals | null
    lastWords: string
  }>
  /** SIGKILL, as a crash would. Resolves when the process is gone. */
  kill(): Promise<void>
}

export interface ReferenceTargetOptions {
  readonly faults?: readonly string[]
  readonly dataDir?: string
  readonly whipHost?: string
  /** Its door for edges, so that those of an earlier process find it again. */
  readonly feed?: { readonly url: string; readonly secret: string }
}

/**
 * Starts the reference as a child process on free loopback ports.
 * @throws EnvironmentError `LP_REFERENCE_START` when it does not come up within 20 s
 */
export async function startReferenceTarget(
  options: ReferenceTargetOptions = {},
): Promise<ReferenceTarget> {
  const args = [
    ...referenceCommand,
    '--json',
    ...(options.faults ?? []).flatMap((id) => ['--fault', id]),
  ]
  if (options.dataDir) args.push('--data', options.dataDir)
  if (options.whipHost) args.push('--whip-host', options.whipHost)
  if (options.feed) args.push('--feed-port', new URL(options.feed.url).port)
  const secret = options.feed && { LIVEPROOF_FEED_SECRET: options.feed.secret }
  const child = spawn(process.execPath, args, {
    // The channel carries nothing: it closes when this process dies, however that comes about.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...referenceEnvironment, ...secret },
  })
  let lastWords = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-STDERR_TAIL)
  })
  const exited = new Promise<Awaited<ReferenceTarget['exited']>>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, lastWords: String(error) }))
    child.once('close', (code, signal) => resolve({ code, signal, lastWords }))
  })
  // A harness that dies must not leave the reference behind.
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  void exited.then(() => process.off('exit', killAtExit))

  try {
    const line = await firstLine(child, exited)
    const addresses = addressesSchema.parse(JSON.parse(line))
    return {
      name: 'reference',
      kind: 'reference',
      api: addresses.api,
      apiKey: addresses.apiKey,
      reference: {
        pid: addresses.pid,
        observe: addresses.observe,
        rtmps: addresses.rtmps,
        srtEncrypted: addresses.srt.encrypted,
        webcaster: addresses.whip.webcaster,
        player: addresses.player,
        feed: { ...addresses.feed, faults: options.faults ?? [] },
      },
      exited,
      kill: () => end(child, 'SIGKILL', exited),
      close: () => end(child, 'SIGTERM', exited),
    }
  } catch (error) {
    child.kill('SIGKILL')
    const detail = lastWords.trim() || (error as Error).message
    throw new EnvironmentError('LP_REFERENCE_START', `the reference did not start: ${detail}`)
  }
}

async function firstLine(child: ChildProcess, exited: ReferenceTarget['exited']): Promise<string> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), START_DEADLINE_MS)
  let text = ''
  try {
    child.stdout!.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.includes('\n')) child.stdout!.emit('line')
    })
    const ended = exited.then(({ code }) => {
      throw new Error(`it ended with code ${code}`)
    })
    await Promise.race([once(child.stdout!, 'line', { signal: abort.signal }), ended])
    return text.slice(0, text.indexOf('\n'))
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}

async function end(
  child: ChildProcess,
  signal: NodeJS.Signals,
  exited: ReferenceTarget['exited'],
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_DEADLINE_MS)
  await exited
  clearTimeout(timer)
}
