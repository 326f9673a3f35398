import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EnvironmentError } from '../../errors.ts'
import type { Protocol, Way } from '../link.ts'
import type { RelayJob } from './kernel-relay.ts'
import { attempt, runProgram as run } from './why-no-netem.ts'

const relay = fileURLToPath(new URL('./kernel-relay.ts', import.meta.url))
const HOSTS = { near: '10.77.1.1', far: '10.77.1.2' } as const
const FIRST_PORT = 5_300
const START_MS = 10_000
const exec = promisify(execFile)

/** A root qdisc, as `tc` takes it, and what stands behind it. */
export interface Qdisc {
  /** Its kind and its arguments. */
  readonly root: readonly string[]
  /** The qdisc inside it; null for its own. */
  readonly child: readonly string[] | null
  readonly mtu: number | null
}

export interface QdiscCounts {
  readonly packets: number
  readonly bytes: number
  readonly drops: number
  readonly backlog: number
}

/**
 * Two network namespaces with a cable between them, and a qdisc at each end of it: what the uplink
 * does stands at the near end, what the downlink does at the far one. Needs root.
 */
export class KernelPath {
  readonly #id = randomBytes(2).toString('hex')
  readonly #folder = mkdtempSync(join(tmpdir(), 'liveproof-link-'))
  readonly #relays: ChildProcess[] = []
  #ports = 0
  #changes: Promise<unknown> = Promise.resolve()

  /** @throws EnvironmentError `LP_LINK_KERNEL` */
  constructor(qdiscs: Record<Exclude<Way, 'both'>, Qdisc>) {
    try {
      for (const end of ['near', 'far'] as const) run('ip', 'netns', 'add', this.#space(end))
      const [near, far] = [this.#space('near'), this.#space('far')]
      run(
        'ip',
        '-n',
        near,
        'link',
        'add',
        'lp0',
        'type',
        'veth',
        'peer',
        'name',
        'lp0',
        'netns',
        far,
      )
      for (const [way, end] of [
        ['up', 'near'],
        ['down', 'far'],
      ] as const) {
        const space = this.#space(end)
        run('ip', '-n', space, 'addr', 'add', `${HOSTS[end]}/24`, 'dev', 'lp0')
        // Without offloads: what the qdisc sees are packets, not heaps of them.
        attempt(run, 'ip', 'netns', 'exec', space, 'ethtool', '-K', 'lp0', ...PLAIN)
        run('ip', '-n', space, 'link', 'set', 'lp0', 'up')
        const { root, child, mtu } = qdiscs[way]
        run('tc', '-n', space, 'qdisc', 'add', 'dev', 'lp0', 'root', 'handle', '1:', ...root)
        if (child) run('tc', '-n', space, 'qdisc', 'add', 'dev', 'lp0', 'parent', '1:1', ...child)
        if (mtu !== null) run('ip', '-n', space, 'link', 'set', 'lp0', 'mtu', `${mtu}`)
      }
    } catch (error) {
      this.#remove()
      throw new EnvironmentError('LP_LINK_KERNEL', `no path through the kernel: ${String(error)}`, {
        cause: error,
      })
    }
  }

  /** Relays at both ends for one server; resolves to the Unix sockets that lead in and out. */
  async carry(protocol: Protocol): Promise<{ readonly near: string; readonly far: string }> {
    const index = this.#ports++
    const far = join(this.#folder, `far${index}`)
    const near = join(this.#folder, `near${index}`)
    const shared = { protocol, host: HOSTS.far, port: FIRST_PORT + index }
    await this.#start({ end: 'far', path: far, ...shared })
    await this.#start({ end: 'near', path: near, ...shared })
    return { near, far }
  }

  /** Where the server's side has to listen, before `carry` knows it. */
  get nextFarPath(): string {
    return join(this.#folder, `far${this.#ports}`)
  }

  /** One after the other; a change that the kernel refuses leaves what was. */
  change(way: Exclude<Way, 'both'>, { root, mtu }: Qdisc): void {
    const space = this.#space(way === 'up' ? 'near' : 'far')
    const carryOut = async () => {
      await exec('tc', ['-n', space, 'qdisc', 'change', 'dev', 'lp0', 'root', ...root])
      if (mtu !== null) await exec('ip', ['-n', space, 'link', 'set', 'lp0', 'mtu', `${mtu}`])
    }
    this.#changes = this.#changes.then(carryOut).catch(() => {})
  }

  /** Resolves when the kernel has every change. */
  async settled(): Promise<void> {
    await this.#changes
  }

  async counts(way: Exclude<Way, 'both'>): Promise<QdiscCounts> {
    const space = this.#space(way === 'up' ? 'near' : 'far')
    const { stdout } = await exec('tc', ['-n', space, '-s', '-j', 'qdisc', 'show', 'dev', 'lp0'])
    const root = (JSON.parse(stdout) as (QdiscCounts & { root?: boolean })[]).find((it) => it.root)
    const { packets = 0, bytes = 0, drops = 0, backlog = 0 } = root ?? {}
    return { packets, bytes, drops, backlog }
  }

  async close(): Promise<void> {
    await this.#changes
    for (const child of this.#relays) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    this.#remove()
  }

  async #start(job: RelayJob): Promise<void> {
    const command = [process.execPath, relay, JSON.stringify(job)]
    const child = spawn('ip', ['netns', 'exec', this.#space(job.end), ...command], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#relays.push(child)
    const ready = once(child.stdout!, 'data', { signal: AbortSignal.timeout(START_MS) })
    const failed = once(child, 'exit').then(() => {
      throw new EnvironmentError('LP_LINK_KERNEL', `the ${job.end} end of the path did not start`)
    })
    failed.catch(() => {})
    await Promise.race([ready, failed])
  }

  #space(end: RelayJob['end']): string {
    return `lp-${end}-${this.#id}`
  }

  #remove(): void {
    for (const end of ['near', 'far'] as const) attempt(run, 'ip', 'netns', 'del', this.#space(end))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const PLAIN = ['tx', 'off', 'rx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off', 'sg', 'off']
