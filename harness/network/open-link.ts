import { UsageError } from '../errors.ts'
import { ControlledLink } from './controlled-link.ts'
import { KernelLink } from './kernel/kernel-link.ts'
import type { Link, LinkStats, OpenLinkOptions } from './link.ts'
import type { HostPort, ProxyOptions } from './link-proxy.ts'
import { checkLink, type LoadedLink, loadLink } from './load-link.ts'
import { Punctuality } from './punctuality.ts'
import { TcpProxy } from './tcp-proxy.ts'
import { UdpProxy } from './udp-proxy.ts'

/**
 * Opens a link towards `to`; clients use its address instead.
 * @throws UsageError `LP_LINK_UNKNOWN`, `LP_LINK_INVALID`, `LP_LINK_TRACE`, `LP_LINK_SCHEDULE`,
 * `LP_LINK_LISTEN`, and with netem `LP_LINK_BACKEND` for what it cannot do
 * @throws EnvironmentError `LP_LINK_KERNEL` where the kernel has no netem
 */
export async function openLink(options: OpenLinkOptions): Promise<Link> {
  const description = descriptionOf(options)
  const link =
    options.backend === 'netem'
      ? KernelLink.withNetem(options, description)
      : new ProxiedLink(options, description)
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

class ProxiedLink extends ControlledLink implements Link {
  readonly #punctuality = new Punctuality()
  readonly #tcp: TcpProxy[] = []
  readonly #udp: UdpProxy[] = []

  get address(): HostPort {
    return [...this.#tcp, ...this.#udp][0]!.address
  }

  async also(to: HostPort, listen: Partial<HostPort> = {}): Promise<HostPort> {
    const options: ProxyOptions = {
      model: this.model,
      driver: this.driver,
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

  protected async closeDoors(): Promise<void> {
    await Promise.all([...this.#tcp, ...this.#udp].map((proxy) => proxy.close()))
  }
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  )
}
