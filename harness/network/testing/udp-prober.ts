import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { kernelDrops } from '../kernel-drops.ts'
import type { Link } from '../link.ts'
import type { LinkFile } from '../link-spec.ts'
import { openLink } from '../open-link.ts'
import type { Seen } from './seen.ts'
import type { ProbeAnswer, ProbeArrivals, ProbeCommand, ProbeJob } from './udp-prober-program.ts'

const PROGRAM = fileURLToPath(new URL('./udp-prober-program.ts', import.meta.url))
/** ms for one job; far more than any takes. */
const DEADLINE_MS = 60_000

type Collected = Extract<ProbeAnswer, { arrivals: ProbeArrivals }>

/** Links in this process, and one beside it that looks at them from outside. */
export class UdpProber {
  readonly #child: ChildProcess
  readonly #links: Link[] = []
  #port = 0
  /** Of the last job: the share of its time in which the process was not there to see what came. */
  stillShare = 0

  private constructor() {
    this.#child = fork(PROGRAM, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
  }

  /** A link for each description of an uplink, behind one that does nothing to packets. */
  static async open(seed: number, ups: readonly LinkFile['up'][]): Promise<UdpProber> {
    const prober = new UdpProber()
    const { port } = await prober.#next<{ port: number }>()
    prober.#port = port
    for (const up of [{}, ...ups]) {
      const link = await openLink({
        spec: { schema: 'liveproof/link@1', id: 'probed', summary: 'Under test.', up },
        seed,
        to: { host: '127.0.0.1', port },
        protocol: 'udp',
      })
      prober.#links.push(link)
    }
    return prober
  }

  /** What the process saw of each link, the one that does nothing first. */
  async run(job: Omit<ProbeJob, 'ports'>): Promise<Seen[]> {
    const done = this.#links.map(({ up }) => up.stats.offered + job.rounds)
    const before = this.#delivered
    await this.#ask({ job: { ...job, ports: this.#links.map(({ address }) => address.port) } })
    // What links say of themselves tells when it is over, and nothing else.
    while (!this.#links.every((link, place) => isThrough(link, done[place]!)))
      await new Promise((resolve) => setTimeout(resolve, 10))
    const { arrivals, stillShare } = await this.#ask<Collected>({
      collect: this.#delivered - before,
    })
    this.stillShare = stillShare
    return this.#links.map((_, place) => seenOf(place, job.rounds, arrivals))
  }

  /** Datagrams that the kernel lost on the way, which no link can answer for. */
  get kernelDrops(): number {
    const own = kernelDrops([this.#port]) ?? 0
    return this.#links.reduce((sum, link) => sum + (link.stats().kernelDrops ?? 0), own)
  }

  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()))
    this.#child.kill()
  }

  get #delivered(): number {
    return this.#links.reduce((sum, { up }) => sum + up.stats.delivered + up.stats.duplicated, 0)
  }

  async #ask<T extends ProbeAnswer>(command: ProbeCommand): Promise<T> {
    const answer = this.#next<T>()
    this.#child.send(command)
    return answer
  }

  async #next<T extends ProbeAnswer>(): Promise<T> {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const [answer] = await once(this.#child, 'message', { signal })
    return answer as T
  }
}

/** All that were offered are delivered or dropped, and so are their copies. */
function isThrough({ up }: Link, offered: number): boolean {
  const { stats, log } = up
  if (stats.offered < offered || stats.delivered + stats.droppedTotal < offered) return false
  let copies = 0
  for (const { duplicated } of log) if (duplicated) copies++
  return stats.duplicated === copies
}

function seenOf(place: number, sent: number, arrivals: ProbeArrivals): Seen {
  const own = [...arrivals.link.keys()].filter((index) => arrivals.link[index] === place)
  return {
    sent,
    packets: own.map((index) => ({
      round: arrivals.round[index]!,
      sentAt: arrivals.sentAt[index]!,
      at: arrivals.at[index]!,
    })),
  }
}
