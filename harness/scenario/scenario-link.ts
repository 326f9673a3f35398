import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import type { Link, LinkChange, LinkStats, Protocol, Way } from '../network/link.ts'
import { chosenLinkBackend } from '../network/link-backend.ts'
import type { HostPort } from '../network/link-proxy.ts'
import type { LinkFile, Step } from '../network/link-spec.ts'
import { checkLink, type LoadedLink, loadLink } from '../network/load-link.ts'
import { openLink } from '../network/open-link.ts'
import { WhipFront } from '../network/whip-front.ts'
import type {
  BandRecord,
  LinkRecord,
  MarkRecord,
  ScenarioRecord,
  SeriesRecord,
} from '../report/run-record.ts'
import { type LinkPart, linkRecord, linkSeries, type Span } from './link-record.ts'

type Role = LinkRecord['role']

const DEFAULT_PORTS: Record<string, number> = {
  rtmp: 1935,
  rtmps: 443,
  srt: 9000,
  ws: 80,
  wss: 443,
  http: 80,
  https: 443,
}

/** What is done to a link in a moment, and to which connections. */
const MOMENTS = {
  reset: { of: 'tcp', label: 'every TCP connection was reset' },
  rebind: { of: 'udp', label: 'the NAT gave every UDP peer another port' },
} as const

/**
 * A link of a scenario. It opens with the first connection that goes through it; whatever goes
 * through it shares its queue and its rate.
 */
export class ScenarioLink {
  readonly id: string
  /** What it was made from, for budgets that depend on its delay. */
  readonly described: LoadedLink
  readonly #seed: number
  readonly #addresses = new Map<string, HostPort>()
  readonly #opening = new Map<Protocol, Promise<Link>>()
  readonly #fronts = new Map<string, Promise<WhipFront>>()
  readonly #links: Link[] = []
  readonly #roles = new Map<Protocol, Role>()
  /** `at`: ms of `nowMs` */
  readonly #moments: { at: number; kind: keyof typeof MOMENTS }[] = []
  readonly #halfOpen: { from: number; to: number }[] = []

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

  /**
   * The same URL with the link's address in it: UDP for `srt:`, TCP for all else. `role` is for
   * addresses that do not tell: HTTP is taken for delivery. HTTP to an ingest is WHIP: its requests
   * take the link for TCP, and the media of its sessions that for UDP.
   */
  async through(url: string, role?: 'ingest' | 'delivery'): Promise<string> {
    const match = /^([a-z]+):\/\/(\[[^\]]+\]|[^/:?]+)(?::(\d+))?/.exec(url)
    const [head, scheme, host] = match ?? []
    const port = Number(match?.[3] ?? DEFAULT_PORTS[scheme ?? ''])
    if (!head || !host || !port)
      throw new UsageError('LP_LINK_ADDRESS', `no link can be put in front of ${url}`)
    const protocol = scheme === 'srt' ? 'udp' : 'tcp'
    const carries = role ?? (/^(ws|http)/.test(url) ? 'delivery' : 'ingest')
    const before = this.#roles.get(protocol) ?? carries
    this.#roles.set(protocol, before === carries ? carries : 'both')
    const address = await this.#addressOf(protocol, { host: host.replace(/^\[|\]$/g, ''), port })
    if (role === 'ingest' && scheme?.startsWith('http')) {
      const front = await this.#frontOf(new URL(url), address)
      return `http://${textOf(front.address)}${url.slice(head.length)}`
    }
    return `${scheme}://${textOf(address)}${url.slice(head.length)}`
  }

  /** What goes through it so far: one link for TCP, one for UDP. */
  get open(): readonly Link[] {
    return this.#links
  }

  /** Its link for TCP, or for UDP where that is all. @throws UsageError `LP_LINK_UNUSED` */
  get link(): Link {
    const link = this.#links.find(({ protocol }) => protocol === 'tcp') ?? this.#links[0]
    if (link) return link
    throw new UsageError('LP_LINK_UNUSED', `nothing goes through the link ${this.id} yet`)
  }

  /** Like the methods of `Link`, on all that is open. @throws UsageError `LP_LINK_UNUSED` */
  set(change: LinkChange): void {
    for (const link of this.#used) link.set(change)
  }

  async blackout(ms: number, way?: Way): Promise<void> {
    await Promise.all(this.#used.map((link) => link.blackout(ms, way)))
  }

  schedule(steps: readonly Step[], options?: { way?: Way; loopMs?: number }): void {
    for (const link of this.#used) link.schedule(steps, options)
  }

  reset(): void {
    this.#moments.push({ at: nowMs(), kind: 'reset' })
    for (const link of this.#used) link.reset()
  }

  halfOpen(on: boolean): void {
    const now = nowMs()
    for (const band of this.#halfOpen) band.to = Math.min(band.to, now)
    if (on) this.#halfOpen.push({ from: now, to: Number.POSITIVE_INFINITY })
    for (const link of this.#used) link.halfOpen(on)
  }

  rebind(): void {
    this.#moments.push({ at: nowMs(), kind: 'rebind' })
    for (const link of this.#used) link.rebind()
  }

  stats(): LinkStats {
    return this.link.stats()
  }

  get #used(): readonly Link[] {
    return this.link ? this.#links : []
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opening.values())
    const fronts = await Promise.allSettled(this.#fronts.values())
    for (const front of fronts) if (front.status === 'fulfilled') await front.value.close()
    await Promise.all(this.#links.map((link) => link.close()))
  }

  /** What it did, one record for TCP and one for UDP. `name` tells it from the scenario's others. */
  record(name: string, span: Span): { links: LinkRecord[]; series: SeriesRecord[] } {
    const parts = this.#parts(name, span)
    return {
      links: parts.map((part) => linkRecord(part, span)),
      series: parts.flatMap((part) => linkSeries(part, span)),
    }
  }

  /** Resets and rebindings by hand, in ms since `startedAt`, at the link that they happened to. */
  marks(name: string, span: Span): MarkRecord[] {
    const parts = this.#parts(name, span)
    return this.#moments.flatMap(({ at, kind }) => {
      const { of: protocol, label } = MOMENTS[kind]
      const part = parts.find(({ link }) => link.protocol === protocol && link.openedAt <= at)
      return part ? [{ at: at - span.startedAt, kind, label, of: part.name }] : []
    })
  }

  #parts(name: string, { until }: Span): LinkPart[] {
    const { traces } = this.described
    return this.#links.map((link) => ({
      name: this.#links.length === 1 ? name : `${name} ${link.protocol}`,
      link,
      role: this.#roles.get(link.protocol) ?? 'both',
      traced: { up: Boolean(traces.up), down: Boolean(traces.down) },
      bands: link.protocol === 'tcp' ? this.#halfOpenBands(until) : [],
    }))
  }

  #halfOpenBands(until: number): BandRecord[] {
    return this.#halfOpen.map(({ from, to }) => ({
      from,
      to: Math.min(to, until),
      way: 'both',
      kind: 'half-open',
      label: 'half-open',
      origin: 'scenario',
    }))
  }

  /** Writes the decisions into the run's folder. */
  artifacts(runDir: string): ScenarioRecord['artifacts'] {
    if (this.#links.length === 0) return []
    mkdirSync(join(runDir, 'links'), { recursive: true })
    return this.#links.flatMap((link) => {
      const { up, down } = link.log()
      return Object.entries({ up, down }).map(([way, log]) => {
        const tail = randomBytes(4).toString('hex')
        const path = `links/${this.id}-${link.protocol}-${way}-${tail}.csv`
        writeFileSync(join(runDir, path), log.toCsv())
        const name = `decisions of ${this.id}, ${link.protocol} ${way}, seed ${this.#seed}`
        return { name, path, kind: 'log' }
      })
    })
  }

  /** The server that brings the media of WebRTC sessions onto this link. */
  #frontOf(url: URL, through: HostPort): Promise<WhipFront> {
    const known = this.#fronts.get(url.origin)
    if (known) return known
    const front = WhipFront.open({
      origin: url,
      through,
      media: async (to) => {
        const carries = this.#roles.get('udp') ?? 'ingest'
        this.#roles.set('udp', carries === 'ingest' ? 'ingest' : 'both')
        return this.#addressOf('udp', to)
      },
    })
    this.#fronts.set(url.origin, front)
    return front
  }

  async #addressOf(protocol: Protocol, to: HostPort): Promise<HostPort> {
    const key = `${protocol} ${textOf(to)}`
    const known = this.#addresses.get(key)
    if (known) return known
    let opening = this.#opening.get(protocol)
    const isFirst = opening === undefined
    if (!opening) {
      const backend = chosenLinkBackend()
      opening = openLink({ spec: this.described, seed: this.#seed, to, protocol, backend })
      this.#opening.set(protocol, opening)
    }
    const link = await opening
    if (isFirst) this.#links.push(link)
    const address = isFirst ? link.address : await link.also(to)
    this.#addresses.set(key, address)
    return address
  }
}

function textOf({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
