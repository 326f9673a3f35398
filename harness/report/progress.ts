import pc from 'picocolors'
import type { ScenarioRecord, ScenarioStatus } from './run-record.ts'
import { clipLine } from './safe-line.ts'

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const signs: Record<ScenarioStatus, string> = {
  pass: '✓',
  warn: '!',
  fail: '✕',
  skipped: '–',
  invalid: '?',
}

/**
 * One line per scenario as it ends; on a terminal also a last line with what is running now,
 * rewritten in place. Elsewhere nothing is ever rewritten, so logs stay readable.
 */
export class Progress {
  #out: Output
  #colours
  #running = new Map<string, number>()
  #ended = 0
  #live = ''

  constructor(out: Output = process.stdout, colour = out.isTTY === true && pc.isColorSupported) {
    this.#out = out
    this.#colours = pc.createColors(colour)
  }

  started(title: string, suite: string): void {
    const key = `${suite}: ${title}`
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1)
    this.#redraw()
  }

  ended({ title, suite, status, durationMs, reason, verdicts }: ScenarioRecord): void {
    this.#ended++
    this.#stopped(`${suite}: ${title}`)
    const broken = verdicts.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    const why = broken.length > 0 ? broken.map(({ rule }) => rule).join(', ') : (reason ?? '')
    const { dim, green, yellow, red, magenta } = this.#colours
    const paint = { pass: green, warn: yellow, fail: red, skipped: dim, invalid: magenta }[status]
    const time = dim(`${(durationMs / 1000).toFixed(1)} s`)
    const line = `${paint(signs[status])} ${dim(`${clipLine(suite)}:`)} ${clipLine(title)} ${time}`
    this.#line(why === '' ? line : `${line}  ${paint(clipLine(why))}`)
  }

  /** A remark between the scenarios: set-up, shutdown. */
  note(text: string): void {
    this.#line(this.#colours.dim(clipLine(text, 200)))
  }

  /** Takes the live line away; call it before anything else prints. */
  done(): void {
    this.#running.clear()
    this.#clear()
  }

  #stopped(key: string): void {
    const left = (this.#running.get(key) ?? 1) - 1
    if (left > 0) this.#running.set(key, left)
    else this.#running.delete(key)
  }

  #line(text: string): void {
    this.#clear()
    this.#out.write(`${text}\n`)
    this.#redraw()
  }

  #clear(): void {
    if (this.#live !== '') this.#out.write('\r\x1b[2K')
    this.#live = ''
  }

  #redraw(): void {
    if (this.#out.isTTY !== true) return
    this.#clear()
    const [first] = this.#running.keys()
    if (first === undefined) return
    const others = this.#running.size > 1 ? ` (and ${this.#running.size - 1} more)` : ''
    this.#live = clipLine(`… ${this.#ended + 1}  ${first}${others}`, (this.#out.columns ?? 80) - 1)
    this.#out.write(this.#colours.dim(this.#live))
  }
}
