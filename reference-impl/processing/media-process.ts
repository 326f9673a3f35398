import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { nowMs } from '../clock.ts'
import { LOOK_MS, MAX_INPUT_BYTES, MAX_LAST_WORDS, STUCK_MS } from './limits.ts'

export interface MediaProcessEvents {
  output(bytes: Buffer): void
  /** Called once, also when it could not be started. `words`: its last ones */
  end(words: string): void
}

/**
 * One program between two pipes, watched: it is killed when it takes input and gives nothing back.
 * It ends by itself when this process dies, however that comes about: its input then ends.
 */
export class MediaProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #look: NodeJS.Timeout
  #words = ''
  #wroteAt = 0
  #heardAt = nowMs()
  #ended = false

  constructor(program: string, args: readonly string[], events: MediaProcessEvents) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const { stdin, stdout, stderr } = this.#child
    // Its end is told by 'close'.
    stdin.on('error', () => {})
    stdout.on('error', () => {})
    stderr.on('error', () => {})
    stdout.on('data', (bytes: Buffer) => {
      this.#heardAt = nowMs()
      if (!this.#ended) events.output(bytes)
    })
    stderr.on('data', (bytes: Buffer) => {
      this.#words = (this.#words + bytes.toString('latin1')).slice(-MAX_LAST_WORDS)
    })
    this.#look = setInterval(() => this.#watch(), LOOK_MS).unref()
    const over = (words: string) => {
      if (this.#ended) return
      this.#ended = true
      clearInterval(this.#look)
      events.end(words)
    }
    this.#child.on('error', (error) => over(error.message))
    this.#child.on('close', () => over(this.#words.trim()))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** False when too much waits for it already: then nothing was taken. */
  write(bytes: Uint8Array): boolean {
    const { stdin } = this.#child
    if (this.#ended || !stdin.writable) return true
    if (stdin.writableLength > MAX_INPUT_BYTES) return false
    this.#wroteAt = nowMs()
    stdin.write(bytes)
    return true
  }

  /** Ends it at once, and tells nobody. Idempotent. */
  kill(): void {
    this.#ended = true
    clearInterval(this.#look)
    this.#child.kill('SIGKILL')
  }

  #watch(): void {
    const now = nowMs()
    const fed = now - this.#wroteAt < STUCK_MS
    if (fed && now - this.#heardAt > STUCK_MS) this.#child.kill('SIGKILL')
  }
}
