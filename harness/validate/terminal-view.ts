import pc from 'picocolors'
import { clipLine, safeLine } from '../report/safe-line.ts'
import type { Figures } from './figures.ts'
import type { LiveState, LiveVerdict, ValidationView } from './live-state.ts'

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

/** s between two lines of figures where nothing can be redrawn */
const LINE_EVERY_S = 5
const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 40
/** Rows that stay free below the view. */
const SPARE_ROWS = 3

/**
 * What a validation sees: on a terminal a block that is redrawn in place; elsewhere a line for
 * everything that changes, so that logs stay readable.
 */
export class TerminalView implements ValidationView {
  readonly #out: Output
  readonly #colours: ReturnType<typeof pc.createColors>
  #drawn = 0
  #last: LiveState | null = null
  #figuresAt = Number.NEGATIVE_INFINITY

  constructor(out: Output = process.stdout, colour = out.isTTY === true && pc.isColorSupported) {
    this.#out = out
    this.#colours = pc.createColors(colour)
  }

  say(line: string): void {
    this.#erase()
    this.#out.write(`${line}\n`)
    if (this.#last) this.#draw(this.#last)
  }

  show(state: LiveState): void {
    if (this.#out.isTTY) {
      this.#erase()
      this.#draw(state)
    } else this.#tell(state)
    this.#last = state
  }

  /** Takes the block away; call it before anything else prints. */
  close(): void {
    this.#erase()
    this.#last = null
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\x1b[${this.#drawn}A\x1b[J`)
    this.#drawn = 0
  }

  #draw(state: LiveState): void {
    if (!this.#out.isTTY) return
    const columns = this.#out.columns || DEFAULT_COLUMNS
    const rows = Math.max(8, (this.#out.rows || DEFAULT_ROWS) - SPARE_ROWS)
    const lines = this.#lines(state, columns - 1).slice(0, rows)
    this.#out.write(lines.map((line) => `${line}\n`).join(''))
    this.#drawn = lines.length
  }

  #lines(state: LiveState, width: number): string[] {
    const { bold, dim, yellow, red } = this.#colours
    const clip = (text: string) => clipLine(text, width)
    const lines = ['', bold(clip(phaseText(state)))]
    if (state.hint) lines.push(yellow(clip(`→ ${state.hint}`)))
    if (state.phase === 'waiting') return lines
    lines.push(clip(figuresText(state.figures)))
    const { broken, counts } = sorted(state.verdicts)
    lines.push(dim(clip(counts)))
    for (const verdict of broken) {
      const paint = verdict.outcome === 'fail' ? red : yellow
      lines.push(paint(clip(`${verdict.outcome === 'fail' ? '✕' : '!'} ${verdict.rule}`)))
      lines.push(clip(`    expected ${verdict.expected}`), clip(`    actual   ${verdict.actual}`))
      if (verdict.advice) lines.push(clip(`    advice   ${verdict.advice}`))
    }
    for (const { at, text, reaction } of state.reactions.slice(-6))
      lines.push(dim(clip(`  ${atText(at)}  ${text}: ${reaction}`)))
    return lines
  }

  /** Line by line, what is new. */
  #tell(state: LiveState): void {
    const before = this.#last
    const say = (text: string) => this.#out.write(`${safeLine(text)}\n`)
    if (state.phase !== before?.phase && state.phase !== 'over') say(phaseText(state))
    if (state.hint && state.hint !== before?.hint) say(`→ ${state.hint}`)
    if (state.device && state.device !== before?.device) say(`encoder: ${state.device}`)
    for (const verdict of state.verdicts) {
      const known = before?.verdicts.find(({ rule }) => rule === verdict.rule)
      if (known?.outcome === verdict.outcome) continue
      const line = changeText(verdict, known?.outcome)
      if (line) say(line)
    }
    for (const [index, { at, text }] of state.reactions.entries())
      if (index >= (before?.reactions.length ?? 0)) say(`at ${atText(at).trim()}: ${text}`)
    const at = state.course.at(-1)?.at ?? 0
    if (state.phase === 'watching' && at - this.#figuresAt >= LINE_EVERY_S) {
      this.#figuresAt = at
      say(`${atText(at).trim()}: ${figuresText(state.figures)}`)
    }
  }
}

function phaseText({ phase, secondsLeft, protocol, device, durationS, link }: LiveState): string {
  const over = link === null ? '' : ` over the link ${link}`
  const who = device ?? 'the encoder'
  const left = `${Math.ceil(secondsLeft)} s`
  switch (phase) {
    case 'waiting':
      return `Waiting for an encoder over ${protocol.toUpperCase()}${over} (${left} left; Ctrl-C ends it)`
    case 'watching':
      return `Watching ${who}${over}: ${left} of ${durationS} s left; Ctrl-C ends it with a report`
    case 'stopping':
      return `Stop the encoder now, as you usually do: how it says goodbye is judged, too (${left})`
    default:
      return 'Over.'
  }
}

export function figuresText(figures: Figures): string {
  const { videoKbps, audioKbps, frameRate, gopSeconds, delayMs, composedDelayMs } = figures
  const { lost, gone, size } = figures
  if (!figures.connected) return 'not connected'
  const parts = [
    size ?? '',
    videoKbps === null ? 'no video' : `video ${videoKbps.toFixed(0)} kbit/s`,
    audioKbps === null ? 'no audio' : `audio ${audioKbps.toFixed(0)} kbit/s`,
    frameRate === null ? '' : `${frameRate.toFixed(1)} fps`,
    gopSeconds === null ? '' : `GOP ${gopSeconds.toFixed(2)} s`,
    delayMs === null ? '' : `delay ${delayMs.toFixed(0)} ms`,
    composedDelayMs === null ? '' : `${composedDelayMs.toFixed(0)} ms since OBS composed it`,
    lost === null ? '' : `lost ${lost}${gone === null ? '' : ` (${gone} for good)`}`,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

function sorted(verdicts: readonly LiveVerdict[]): { broken: LiveVerdict[]; counts: string } {
  const count = (outcome: string) => verdicts.filter((one) => one.outcome === outcome).length
  const broken = (['fail', 'warn'] as const).flatMap((outcome) =>
    verdicts.filter((verdict) => verdict.outcome === outcome),
  )
  const counts =
    `rules: ${count('pass')} hold, ${count('fail')} broken, ${count('warn')} with a warning, ` +
    `${count('skipped')} not judged yet`
  return { broken, counts }
}

function changeText({ rule, outcome, expected, actual, advice }: LiveVerdict, before?: string) {
  if (outcome === 'fail' || outcome === 'warn') {
    const hint = advice ? ` → ${advice}` : ''
    return `${outcome === 'fail' ? '✕' : '!'} ${rule}: expected ${expected}; saw ${actual}${hint}`
  }
  // Rules begin unjudged; only what turned good again is worth a line.
  return before === 'fail' || before === 'warn' ? `✓ ${rule} holds now: ${actual}` : null
}

function atText(seconds: number | null): string {
  return seconds === null ? '   –   ' : `${seconds.toFixed(1).padStart(6)} s`
}
