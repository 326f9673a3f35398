import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { EnvironmentError } from '../errors.ts'
import type { EncoderEnd } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS, STOP_TIMEOUT_MS } from './limits.ts'

export interface FfmpegOptions {
  readonly to: { readonly url: string; readonly streamName: string }
  /** Path of ffmpeg; else `FFMPEG_PATH`, else `ffmpeg` on the PATH. */
  readonly ffmpeg?: string
  /** Pixels, `1280x720` unless told otherwise. */
  readonly size?: string
  readonly fps?: number
  readonly videoKbps?: number
  readonly audioKbps?: number
  readonly signal?: AbortSignal
}

/** ffmpeg, really encoding: a peer that shares no code with us. Its frames have no stamps. */
export interface FfmpegEncoder {
  readonly streamName: string
  /** Frames that ffmpeg says it has sent. */
  readonly frames: number
  /** Settles once, never rejects; `message` has ffmpeg's last words. */
  readonly closed: Promise<{ readonly reason: EncoderEnd; readonly message: string }>
  /** Asks ffmpeg to finish as it does on `q`; resolves once it has ended. */
  stop(): Promise<void>
  /** Kills it: the system closes its connection. */
  abort(): void
}

/** Characters of ffmpeg's log that are kept. */
const MAX_LOG = 4_000

/**
 * Starts ffmpeg with the settings that nanoStream Cloud recommends; resolves once frames flow.
 * @throws EncoderError `LP_ENCODER_CONNECT`, `LP_ENCODER_TIMEOUT`
 * @throws EnvironmentError `LP_FFMPEG_MISSING`
 */
export async function startFfmpegEncoder(options: FfmpegOptions): Promise<FfmpegEncoder> {
  options.signal?.throwIfAborted()
  const binary = options.ffmpeg ?? process.env['FFMPEG_PATH'] ?? 'ffmpeg'
  const child = spawn(binary, ffmpegArgs(options), { stdio: ['pipe', 'pipe', 'pipe'] })
  const encoder = new FfmpegProcess(child, options.to.streamName)
  const abort = (): void => encoder.abort()
  options.signal?.addEventListener('abort', abort, { once: true })
  void encoder.closed.then(() => options.signal?.removeEventListener('abort', abort))
  await encoder.started
  return encoder
}

function ffmpegArgs(options: FfmpegOptions): string[] {
  const { to, size = '1280x720', fps = 30, videoKbps = 1_000, audioKbps = 64 } = options
  const { url, streamName } = to
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostats', '-progress', 'pipe:1'],
    ...['-re', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${fps}`],
    ...['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-ac', '2'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-tune',
      'zerolatency',
      '-profile:v',
      'baseline',
    ],
    ...['-pix_fmt', 'yuv420p', '-x264-params', 'scenecut=0', '-g', String(2 * fps)],
    ...['-b:v', `${videoKbps}k`, '-maxrate', `${videoKbps}k`, '-bufsize', `${videoKbps / 2}k`],
    ...['-c:a', 'aac', '-b:a', `${audioKbps}k`],
    ...['-f', 'flv', `${url}/${streamName}`],
  ]
}

class FfmpegProcess implements FfmpegEncoder {
  readonly streamName: string
  readonly started: Promise<void>
  readonly closed: FfmpegEncoder['closed']
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  #frames = 0
  #log = ''
  #wanted: EncoderEnd | null = null

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, streamName: string) {
    this.#child = child
    this.streamName = streamName
    const started = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<{ reason: EncoderEnd; message: string }>()
    this.started = started.promise
    this.closed = closed.promise
    const limit = CONNECT_TIMEOUT_MS + ANSWER_TIMEOUT_MS
    const deadline = setTimeout(() => {
      started.reject(new EncoderError('LP_ENCODER_TIMEOUT', `ffmpeg sent nothing for ${limit} ms`))
      this.abort()
    }, limit)
    child.stdin.on('error', () => {})
    child.stderr.on('data', (text: Buffer) => {
      this.#log = (this.#log + text.toString('latin1')).slice(-MAX_LOG)
    })
    child.stdout.on('data', (text: Buffer) => {
      const frame = /^frame=\s*(\d+)/m.exec(text.toString('latin1'))
      this.#frames = Math.max(this.#frames, Number(frame?.[1] ?? 0))
      if (this.#frames > 0) {
        clearTimeout(deadline)
        started.resolve()
      }
    })
    child.on('error', (error) => {
      const text = 'ffmpeg cannot be started; set FFMPEG_PATH or run liveproof doctor --fix'
      started.reject(new EnvironmentError('LP_FFMPEG_MISSING', text, { cause: error }))
      clearTimeout(deadline)
      closed.resolve({ reason: 'disconnected', message: error.message })
    })
    child.on('close', () => {
      clearTimeout(deadline)
      started.reject(new EncoderError('LP_ENCODER_CONNECT', `ffmpeg ended: ${this.#log.trim()}`))
      closed.resolve({ reason: this.#wanted ?? 'disconnected', message: this.#log.trim() })
    })
  }

  get frames(): number {
    return this.#frames
  }

  async stop(): Promise<void> {
    this.#wanted ??= 'stopped'
    if (this.#child.stdin.writable) this.#child.stdin.write('q')
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await this.closed
    clearTimeout(deadline)
  }

  abort(): void {
    this.#wanted ??= 'aborted'
    this.#child.kill('SIGKILL')
  }
}
