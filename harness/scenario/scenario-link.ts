import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import type { Link, LinkChange, LinkStats, Way } from '../network/link.ts'
import type { LinkFile, Step } from '../network/link-spec.ts'
import { checkLink, type LoadedLink, loadLink } from '../network/load-link.ts'
import { openLink } from '../network/open-link.ts'
import type { ScenarioRecord, SeriesRecord } from '../report/run-record.ts'
import { thin } from '../report/thin.ts'

/** Points of one chart; more would not be seen. */
const MAX_POINTS = 600
const DEFAULT_PORTS: Record<string, number> = {
  rtmp: 1935,
  rtmps: 443,
  ws: 80,
  wss: 443,
  http: 80,
  https: 443,
}

/**
 * A link of a scenario. It opens with the first connection that goes through it; whatever goes
 * through it shares its queue and its rate.
 */
export class ScenarioLink {
  readonly id: string
  /** What it was made from, for budgets that depend on its delay. */
  readonly described: LoadedLink
  readonly #seed: number
  readonly #addresses = new Map<string, string>()
  #opening: Promise<Link> | null = null
  #link: Link | null = null

  constructor(presetOrSpec: string | LinkFile, seed: number) {
    this.described =
      typeof presetOrSpec === 'string' ? loadLink(presetOrSpec) : checkLink(presetOrSpec)
    this.id = this.described.spec.id
    this.#seed = seed
  }

  /** ms that a packet takes there and back when nothing is queued, jitter left out. */
  get roundTripMs(): number {
    const { up, down } = this.described.spec
    return up.delayMs + down.delayMs
  }

  /** The same URL with the link's address in it. TCP only. */
  async through(url: string): Promise<string> {
    const match = /^([a-z]+):\/\/(\[[^\]]+\]|[^/:?]+)(?::(\d+))?/.exec(url)
    const [head, scheme, host] = match ?? []
    const port = Number(match?.[3] ?? DEFAULT_PORTS[scheme ?? ''])
    if (!head || !host || !port)
      throw new UsageError('LP_LINK_ADDRESS', `no link can be put in front of ${url}`)
    const address = await this.#addressOf(host.replace(/^\[|\]$/g, ''), port)
    return `${scheme}://${address}${url.slice(head.length)}`
  }

  /** Something has gone through it. */
  get isOpen(): boolean {
    return this.#link !== null
  }

  /** The link itself. @throws UsageError `LP_LINK_UNUSED` before anything goes through it */
  get link(): Link {
    if (this.#link) return this.#link
    throw new UsageError('LP_LINK_UNUSED', `nothing goes through the link ${this.id} yet`)
  }

  set(change: LinkChange): void {
    this.link.set(change)
  }

  blackout(ms: number, way?: Way): Promise<void> {
    return this.link.blackout(ms, way)
  }

  schedule(steps: readonly Step[], options?: { way?: Way; loopMs?: number }): void {
    this.link.schedule(steps, options)
  }

  reset(): void {
    this.link.reset()
  }

  halfOpen(on: boolean): void {
    this.link.halfOpen(on)
  }

  stats(): LinkStats {
    return this.link.stats()
  }

  async close(): Promise<void> {
    await (await this.#opening?.catch(() => null))?.close()
  }

  /** Rate, state and queue over time. `startedAt` is when the scenario began, ms of `nowMs`. */
  series(startedAt: number): SeriesRecord[] {
    const link = this.#link
    if (!link) return []
    const offset = link.openedAt - startedAt
    const points = (all: readonly (readonly [number, number])[]) =>
      thin(
        all.map(([at, value]): [number, number] => [at + offset, value]),
        MAX_POINTS,
      ).map(([at, value]): [number, number] => [at, value])
    return (['up', 'down'] as const).flatMap((name) => {
      const { stats, history } = link[name]
      const series: SeriesRecord[] = []
      const state = history.map(({ at, settings }) => [at, settings.blackout ? 1 : 0] as const)
      if (state.some(([, out]) => out === 1))
        series.push({ name: `link ${name}, blackout`, unit: '0/1', points: points(state) })
      const rate = history.flatMap(({ at, settings }) =>
        settings.rateKbps === null ? [] : [[at, settings.rateKbps] as const],
      )
      if (rate.length > 1)
        series.push({ name: `link ${name}, rate`, unit: 'kbit/s', points: points(rate) })
      if (stats.maxDepthBytes > 0)
        series.push({ name: `link ${name}, queue`, unit: 'bytes', points: points(stats.depth) })
      return series
    })
  }

  /** Writes the decisions into the run's folder. */
  artifacts(runDir: string): ScenarioRecord['artifacts'] {
    const link = this.#link
    if (!link) return []
    mkdirSync(join(runDir, 'links'), { recursive: true })
    const { up, down } = link.log()
    return Object.entries({ up, down }).map(([name, log]) => {
      const path = `links/${this.id}-${name}-${randomBytes(4).toString('hex')}.csv`
      writeFileSync(join(runDir, path), log.toCsv())
      return { name: `decisions of ${this.id}, ${name}, seed ${this.#seed}`, path, kind: 'log' }
    })
  }

  async #addressOf(host: string, port: number): Promise<string> {
    const key = `${host}:${port}`
    const known = this.#addresses.get(key)
    if (known) return known
    const first = this.#opening === null
    this.#opening ??= openLink({
      spec: this.described,
      seed: this.#seed,
      to: { host, port },
      protocol: 'tcp',
    })
    const link = await this.#opening
    this.#link = link
    const address = first ? link.address : await link.also({ host, port })
    const text = `${address.host}:${address.port}`
    this.#addresses.set(key, text)
    return text
  }
}
