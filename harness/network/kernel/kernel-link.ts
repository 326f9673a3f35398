import { EnvironmentError, UsageError } from '../../errors.ts'
import { ControlledLink } from '../controlled-link.ts'
import type { Link, LinkChange, LinkStats, OpenLinkOptions, Way } from '../link.ts'
import type { HostPort } from '../link-proxy.ts'
import type { Settings, Step } from '../link-spec.ts'
import type { LoadedLink } from '../load-link.ts'
import { settingsOf } from '../settings-of.ts'
import { KernelDoors } from './kernel-doors.ts'
import { KernelPath, type Qdisc } from './kernel-path.ts'
import { netemPlan } from './netem-plan.ts'
import { whyNoNetem } from './why-no-netem.ts'

/** ms between two looks at what the qdiscs counted. */
const LOOK_MS = 250

/**
 * A link that the kernel carries: traffic goes through two network namespaces, between which a
 * qdisc does what the settings say. Steps and blackouts are `tc qdisc change` at their time. There
 * is no decision log and no seed: which packets are lost is the kernel's affair.
 */
export class KernelLink extends ControlledLink implements Link {
  readonly #path: KernelPath
  readonly #qdiscOf: (settings: Settings) => Qdisc
  readonly #doors: KernelDoors[] = []
  readonly #looking: NodeJS.Timeout

  /**
   * @throws EnvironmentError `LP_LINK_KERNEL` where there is no netem
   * @throws UsageError `LP_LINK_BACKEND` for what netem cannot do
   */
  static withNetem(options: OpenLinkOptions, link: LoadedLink): KernelLink {
    const reason = whyNoNetem()
    if (reason) throw new EnvironmentError('LP_LINK_KERNEL', reason)
    for (const way of ['up', 'down'] as const) {
      const trace = link.traces[way]
      if (trace?.format === 'mahimahi')
        throw new UsageError('LP_LINK_BACKEND', 'netem cannot follow a Mahimahi trace')
      const direction = link.spec[way]
      checkSteps(settingsOf(direction), trace?.steps ?? direction.schedule, netemQdisc)
    }
    return new KernelLink(options, link, netemQdisc)
  }

  /** @param qdiscOf what the kernel shall do for these settings */
  constructor(options: OpenLinkOptions, link: LoadedLink, qdiscOf: (settings: Settings) => Qdisc) {
    const path = new KernelPath({
      up: qdiscOf(settingsOf(link.spec.up)),
      down: qdiscOf(settingsOf(link.spec.down)),
    })
    super(options, link, (way, settings) => path.change(way, qdiscOf(settings)))
    this.#path = path
    this.#qdiscOf = qdiscOf
    this.#looking = setInterval(() => void this.#look(), LOOK_MS)
    this.#looking.unref()
  }

  get address(): HostPort {
    return this.#doors[0]!.address
  }

  async also(to: HostPort, listen: Partial<HostPort> = {}): Promise<HostPort> {
    const doors = await KernelDoors.open({
      path: this.#path,
      protocol: this.protocol,
      to,
      listen: { host: '127.0.0.1', port: 0, ...listen },
    })
    this.#doors.push(doors)
    return doors.address
  }

  override set(change: LinkChange): void {
    for (const way of ['up', 'down'] as const) {
      const set = { ...change.both, ...change[way] }
      checkSteps(this[way].settings, [{ atMs: 0, set }], this.#qdiscOf)
    }
    super.set(change)
  }

  override schedule(steps: readonly Step[], options: { way?: Way; loopMs?: number } = {}): void {
    for (const way of ['up', 'down'] as const)
      if (options.way !== (way === 'up' ? 'down' : 'up'))
        checkSteps(this[way].settings, steps, this.#qdiscOf)
    super.schedule(steps, options)
  }

  /** What is on its way inside the kernel is not known. */
  taken(): null {
    return null
  }

  onTaken(): () => void {
    return () => {}
  }

  reset(): void {
    for (const doors of this.#doors) doors.reset()
  }

  halfOpen(on: boolean): void {
    for (const doors of this.#doors) doors.halfOpen(on)
  }

  rebind(): void {
    for (const doors of this.#doors) doors.rebind()
  }

  stats(): LinkStats {
    return {
      up: this.up.stats,
      down: this.down.stats,
      deliveries: 0,
      late: 0,
      latenessP99Ms: 0,
      fit: true,
      kernelDrops: null,
      sendErrors: 0,
      open: this.#doors.reduce((sum, { open }) => sum + open, 0),
      ends: {},
    }
  }

  /** Resolves when the kernel does what was set, and what it counted so far is in the statistics. */
  async settled(): Promise<void> {
    await this.#path.settled()
    await this.#look()
  }

  protected async closeDoors(): Promise<void> {
    clearInterval(this.#looking)
    await this.#look()
    for (const doors of this.#doors) await doors.close()
    await this.#path.close()
  }

  async #look(): Promise<void> {
    for (const way of ['up', 'down'] as const) {
      const counts = await this.#path.counts(way).catch(() => null)
      if (!counts) return
      const { stats } = this[way]
      stats.offered = counts.packets + counts.drops
      stats.delivered = counts.packets
      stats.deliveredBytes = counts.bytes
      stats.offeredBytes = Math.round(counts.bytes * (stats.offered / Math.max(1, counts.packets)))
      // Netem counts what it lost and what found no room as one.
      if (counts.drops > 0) stats.dropped.loss = counts.drops
      stats.depthIs(this.driver.now(), counts.backlog)
    }
  }
}

/** Refuses at once what could not be carried out when its time comes. */
function checkSteps(
  base: Settings,
  steps: readonly Step[],
  qdiscOf: (settings: Settings) => Qdisc,
): void {
  let settings = base
  for (const { set } of steps) {
    settings = { ...settings, ...set } as Settings
    qdiscOf(settings)
  }
}

function netemQdisc(settings: Settings): Qdisc {
  const { netem, inOrder, mtu } = netemPlan(settings)
  const child = inOrder ? ['pfifo', 'limit', '10000'] : null
  return { root: ['netem', ...netem], child, mtu }
}
