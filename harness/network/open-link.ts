import { z } from 'zod'
import { UsageError } from '../errors.ts'
import { Driver } from './driver.ts'
import type { Link, LinkChange, LinkStats, OpenLinkOptions, Way } from './link.ts'
import { LinkModel } from './link-model.ts'
import type { HostPort, ProxyOptions } from './link-proxy.ts'
import { type Step, settingsChangeSchema, stepSchema } from './link-spec.ts'
import { checkLink, type LoadedLink, loadLink } from './load-link.ts'
import { Punctuality } from './punctuality.ts'
import { TcpProxy } from './tcp-proxy.ts'
import { UdpProxy } from './udp-proxy.ts'

const changeSchema = z.strictObject({
  up: settingsChangeSchema.optional(),
  down: settingsChangeSchema.optional(),
  both: settingsChangeSchema.optional(),
})

/**
 * Opens a link towards `to`; clients use its address instead.
 * @throws UsageError `LP_LINK_UNKNOWN`, `LP_LINK_INVALID`, `LP_LINK_TRACE`, `LP_LINK_SCHEDULE`,
 * `LP_LINK_LISTEN`
 */
export async function openLink(options: OpenLinkOptions): Promise<Link> {
  const link = new ProxiedLink(options, descriptionOf(options))
  try {
    await link.also(options.to, options.listen)
  } catch (error) {
    await link.close()
    throw error
  }
  return link
}

function descriptionOf({ preset, spec }: OpenLinkOptions): LoadedLink {
  if ((preset === undefined) === (spec === undefined))
    throw new UsageError('LP_LINK_INVALID', 'a link needs either a preset or a spec')
  if (preset !== undefined) return loadLink(preset)
  return 'traces' in spec! ? (spec as LoadedLink) : checkLink(spec)
}

class ProxiedLink implements Link {
  readonly id: string
  readonly protocol: 'tcp' | 'udp'
  readonly seed: number
  readonly #model: LinkModel
  readonly #driver: Driver
  readonly #punctuality = new Punctuality()
  readonly #tcp: TcpProxy[] = []
  readonly #udp: UdpProxy[] = []
  readonly #atClose = new Set<() => void>()
  #closing: Promise<void> | null = null

  constructor({ seed, protocol }: OpenLinkOptions, link: LoadedLink) {
    this.id = link.spec.id
    this.protocol = protocol
    this.seed = seed
    this.#model = new LinkModel({ link, seed, protocol })
    this.#driver = new Driver(this.#model.agenda)
  }

  get up() {
    return this.#model.up
  }

  get down() {
    return this.#model.down
  }

  get openedAt(): number {
    return this.#driver.openedAt
  }

  get address(): HostPort {
    return [...this.#tcp, ...this.#udp][0]!.address
  }

  async also(to: HostPort, listen: Partial<HostPort> = {}): Promise<HostPort> {
    const options: ProxyOptions = {
      model: this.#model,
      driver: this.#driver,
      punctuality: this.#punctuality,
      to,
      listen: { host: '127.0.0.1', port: 0, ...listen },
    }
    try {
      if (this.protocol === 'tcp') {
        const proxy = await TcpProxy.open(options)
        this.#tcp.push(proxy)
        return proxy.address
      }
      const proxy = await UdpProxy.open(options)
      this.#udp.push(proxy)
      return proxy.address
    } catch (error) {
      const { host, port } = options.listen
      throw new UsageError('LP_LINK_LISTEN', `cannot listen on ${host}:${port}: ${String(error)}`, {
        cause: error,
      })
    }
  }

  set(change: LinkChange): void {
    const { up, down, both } = check(changeSchema, change)
    this.#driver.enter((now) => {
      if (up || both) this.up.set(now, defined({ ...both, ...up }))
      if (down || both) this.down.set(now, defined({ ...both, ...down }))
    })
  }

  blackout(ms: number, way: Way = 'both'): Promise<void> {
    if (!(ms >= 0)) throw new UsageError('LP_LINK_INVALID', `a blackout of ${ms} ms`)
    this.set({ [way]: { blackout: true } })
    return new Promise((resolve) => {
      this.#atClose.add(resolve)
      const over = () => {
        for (const direction of this.#directions(way)) direction.set(at, { blackout: false })
        this.#atClose.delete(resolve)
        resolve()
      }
      const at = this.#driver.now() + ms
      this.#model.agenda.add(at, { run: over })
    })
  }

  schedule(steps: readonly Step[], options: { way?: Way; loopMs?: number } = {}): void {
    const checked = check(z.array(stepSchema), steps)
    this.#driver.enter((now) => {
      for (const direction of this.#directions(options.way ?? 'both'))
        direction.schedule(now, checked, options.loopMs ?? null)
    })
  }

  taken(clientPort: number): number | null {
    for (const proxy of this.#tcp) {
      const taken = proxy.taken(clientPort)
      if (taken !== null) return taken
    }
    return null
  }

  onTaken(listener: () => void): () => void {
    const stops = this.#tcp.map((proxy) => proxy.onTaken(listener))
    return () => {
      for (const stop of stops) stop()
    }
  }

  reset(): void {
    for (const proxy of this.#tcp) proxy.reset()
  }

  halfOpen(on: boolean): void {
    for (const proxy of this.#tcp) proxy.halfOpen(on)
  }

  rebind(): void {
    for (const proxy of this.#udp) proxy.rebind()
  }

  stats(): LinkStats {
    const { deliveries, late, lateness, fit } = this.#punctuality
    const drops = this.#udp.map(({ kernelDrops }) => kernelDrops)
    const ends: Record<string, number> = {}
    for (const proxy of this.#tcp)
      for (const [reason, count] of Object.entries(proxy.ends))
        ends[reason] = (ends[reason] ?? 0) + count
    return {
      up: this.up.stats,
      down: this.down.stats,
      deliveries,
      late,
      latenessP99Ms: lateness.percentile(99),
      fit,
      kernelDrops: drops.length === 0 ? null : sumOrNull(drops),
      sendErrors: this.#udp.reduce((sum, proxy) => sum + proxy.sendErrors, 0),
      open:
        this.#tcp.reduce((sum, proxy) => sum + proxy.open, 0) +
        this.#udp.reduce((sum, proxy) => sum + proxy.peers, 0),
      ends,
    }
  }

  log() {
    return { up: this.up.log, down: this.down.log }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#tcp, ...this.#udp].map((proxy) => proxy.close()))
    this.#driver.stop()
    for (const resolve of this.#atClose) resolve()
  }

  #directions(way: Way) {
    return way === 'both' ? [this.up, this.down] : [this[way]]
  }
}

function check<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new UsageError('LP_LINK_INVALID', issues.join('; '))
}

/** Leaves out what is undefined, so that it does not wipe out what holds. */
function defined<T extends object>(change: T): T {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  )
}
