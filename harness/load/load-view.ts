import pc from 'picocolors'
import { seenText } from '../conformance/load/findings.ts'
import { clipLine } from '../report/safe-line.ts'
import type { CrowdFigures, LoadLook, LoadStage, ViewerKind } from './engine.ts'
import type { GatheredStage, Use } from './gathering.ts'

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Lines between two on something that is no terminal. */
const PLAIN_EVERY = 5

/** What a load test shows while it runs: on a terminal one line that is redrawn, else plain lines. */
export class LoadView {
  readonly #out: Output
  readonly #colours: ReturnType<typeof pc.createColors>
  #stages: readonly LoadStage[] = []
  #live = false
  #looks = 0

  constructor(out: Output, colour = out.isTTY === true && pc.isColorSupported) {
    this.#out = out
    this.#colours = pc.createColors(colour)
  }

  begin(stages: readonly LoadStage[], kinds: readonly ViewerKind[], engine: string): void {
    this.#stages = stages
    const steps = stages.map(({ viewers }) => viewers).join(', ')
    const names = kinds.map(({ name, weight }) => `${name} ${weight}`).join(' : ')
    this.#line(this.#colours.dim(`${engine}: ${steps} viewers · ${names}`))
  }

  look(look: LoadLook, use: Use): void {
    const text = this.#text(look, use)
    if (this.#out.isTTY === true) {
      this.#clear()
      this.#live = true
      this.#out.write(clipLine(text, (this.#out.columns ?? 80) - 1))
    } else if (this.#looks++ % PLAIN_EVERY === 0) {
      this.#out.write(`${text}\n`)
    }
  }

  stage({ result, verdict }: GatheredStage): void {
    const { green, red, magenta } = this.#colours
    const [sign, paint] = {
      within: ['✓', green] as const,
      over: ['✕', red] as const,
      invalid: ['?', magenta] as const,
    }[verdict.outcome]
    this.#line(`${paint(`${sign} ${result.viewers} viewers`)}  ${seenText(result.hold)}`)
    for (const reason of verdict.reasons) this.#line(paint(`  ${clipLine(reason, 160)}`))
  }

  end(): void {
    this.#clear()
  }

  #text({ stage, at, ramping, figures }: LoadLook, use: Use): string {
    const wanted = this.#stages[stage]?.viewers ?? 0
    const way = ramping ? '↗' : '→'
    const parts = [
      `${(at / 1000).toFixed(0).padStart(4)} s`,
      ...(figures ? seen(way, wanted, figures) : [`${way} ${wanted} viewers, who tell at the end`]),
      useText('target', use.target),
      useText('harness', use.harness),
    ]
    return parts.filter((part) => part !== '').join(' · ')
  }

  #line(text: string): void {
    this.#clear()
    this.#out.write(`${text}\n`)
  }

  #clear(): void {
    if (this.#live) this.#out.write('\r\x1b[2K')
    this.#live = false
  }
}

function seen(way: string, wanted: number, figures: CrowdFigures): string[] {
  const { viewers, latency, lost, bytes } = figures
  const [p50, p99] = [latency.percentile(50), latency.percentile(99)]
  return [
    `${way} ${viewers.playing}/${wanted} viewers`,
    `p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} max ${latency.max.toFixed(0)} ms`,
    `${lost} lost`,
    `${((bytes * 8) / 1e6).toFixed(0)} Mbit/s`,
  ]
}

function useText(of: string, use: Use['target']): string {
  if (use === null) return ''
  return `${of} ${(use.cpu * 100).toFixed(0)} % ${(use.rssBytes / 1e6).toFixed(0)} MB`
}
