import { UsageError } from '../errors.ts'
import { MAX_SCHEDULE_STEPS } from './limits.ts'
import type { Step } from './link-spec.ts'

/** Bytes that one line of a Mahimahi trace lets through (mm-link(1)). */
export const OPPORTUNITY_BYTES = 1500

/**
 * A packet-delivery trace as Mahimahi's mm-link reads it: one time in ms a line, each an
 * opportunity for 1500 bytes; the last time is also the length of a round.
 * @throws UsageError `LP_LINK_TRACE`
 */
export function parseMahimahi(text: string, file: string): Float64Array {
  const times: number[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    if (!/^\d+$/.test(line.trim()))
      throw bad(file, index, `'${line.slice(0, 40)}' is no time in ms`)
    const time = Number(line)
    if (time < (times.at(-1) ?? 0)) throw bad(file, index, 'times must not go back')
    times.push(time)
  }
  if (times.length === 0) throw bad(file, 0, 'no opportunity in it')
  if (times.length > MAX_SCHEDULE_STEPS * 10) throw bad(file, 0, 'too long')
  if (times.at(-1) === 0) throw bad(file, 0, 'the last time is 0, so a round has no length')
  return Float64Array.from(times)
}

/** Opportunities of a trace, one after the other, from when the link opens. */
export class Opportunities {
  readonly #times: Float64Array
  readonly #loop: boolean
  #round = 0
  #at = 0
  #left: number = OPPORTUNITY_BYTES

  constructor(times: Float64Array, loop: boolean) {
    this.#times = times
    this.#loop = loop
  }

  /** ms when the last of `bytes` is through, if they could start at `from`; unused ones are lost. */
  take(bytes: number, from: number): number {
    while (this.#time < from) this.#next()
    let rest = bytes
    for (;;) {
      if (this.#time === Infinity) return Infinity
      if (rest <= this.#left) {
        this.#left -= rest
        return this.#time
      }
      rest -= this.#left
      this.#next()
    }
  }

  get #time(): number {
    if (this.#at >= this.#times.length) return Infinity
    return this.#round * this.#times.at(-1)! + this.#times[this.#at]!
  }

  #next(): void {
    this.#left = OPPORTUNITY_BYTES
    this.#at++
    if (this.#at < this.#times.length || !this.#loop) return
    this.#at = 0
    this.#round++
  }
}

const COLUMNS = ['time_ms', 'rate_kbps', 'delay_ms', 'loss'] as const

/**
 * A trace with a header line `time_ms,rate_kbps,delay_ms,loss`; columns but the first may be left
 * out, an empty cell leaves things as they are, `loss` is a share. The last line's time is the
 * length of a round.
 * @throws UsageError `LP_LINK_TRACE`
 */
export function parseCsv(text: string, file: string): { steps: Step[]; lengthMs: number } {
  const lines = text.split(/\r?\n/)
  const header = (lines[0] ?? '').split(',').map((cell) => cell.trim())
  for (const name of header)
    if (!COLUMNS.some((column) => column === name)) throw bad(file, 0, `unknown column '${name}'`)
  if (header[0] !== 'time_ms') throw bad(file, 0, 'the first column must be time_ms')
  if (lines.length > MAX_SCHEDULE_STEPS) throw bad(file, 0, 'too long')
  const steps: Step[] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    const cells = line.split(',')
    if (cells.length !== header.length) throw bad(file, index, `${cells.length} cells`)
    const step: Step = { atMs: 0, set: {} }
    for (const [column, name] of header.entries()) {
      const cell = cells[column]!.trim()
      if (cell === '' && name !== 'time_ms') continue
      const value = cell === '' ? Number.NaN : Number(cell)
      if (!(value >= 0) || (name === 'loss' && value > 1) || value === Infinity)
        throw bad(file, index, `${name} is '${cell}'`)
      if (name === 'time_ms') step.atMs = value
      if (name === 'rate_kbps') step.set.rateKbps = value
      if (name === 'delay_ms') step.set.delayMs = value
      if (name === 'loss') step.set.loss = value === 0 ? [] : [{ kind: 'bernoulli', p: value }]
    }
    if (step.atMs < (steps.at(-1)?.atMs ?? 0)) throw bad(file, index, 'times must not go back')
    steps.push(step)
  }
  const lengthMs = steps.at(-1)?.atMs ?? 0
  if (lengthMs === 0) throw bad(file, 0, 'the last time is 0, so a round has no length')
  return { steps, lengthMs }
}

function bad(file: string, index: number, why: string): UsageError {
  return new UsageError('LP_LINK_TRACE', `${file}, line ${index + 1}: ${why}`)
}
