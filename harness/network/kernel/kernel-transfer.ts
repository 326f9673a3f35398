import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./transfer.py', import.meta.url))
const PORT = 5_201
const RECEIVER = '10.77.0.2'

export interface KernelTransferOptions {
  /** ms there and back, by the delay box */
  readonly roundTripMs: number
  /** share of data segments that nftables drops at the receiver */
  readonly loss: number
  readonly seconds: number
  readonly congestion: 'reno' | 'cubic'
  /** TBF behind the sender: kbit/s, and bytes that may wait */
  readonly tbf?: { readonly rateKbps: number; readonly queueBytes: number }
}

export interface KernelTransfer {
  /** bytes per s that the receiver read, the first 2 s left out */
  readonly rate: number
  /** ms, the mean of what the kernel's sender measured */
  readonly roundTripMs: number
}

/** Why there is no comparison with the kernel on this machine; null where there is one. */
export function whyNoKernel(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  for (const tool of ['ip', 'tc', 'nft', 'ethtool', 'python3']) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' })
    } catch {
      return `${tool} is not installed`
    }
  }
  const name = `lp-${randomBytes(3).toString('hex')}`
  try {
    run('ip', 'netns', 'add', name)
    run('ip', 'netns', 'exec', name, 'nft', 'add table inet t')
    return null
  } catch (error) {
    return `network namespaces are not allowed here: ${String(error).split('\n')[0]}`
  } finally {
    try {
      run('ip', 'netns', 'del', name)
    } catch {}
  }
}

/** One transfer between two namespaces of this kernel, which are taken down afterwards. */
export async function kernelTransfer(options: KernelTransferOptions): Promise<KernelTransfer> {
  const id = randomBytes(2).toString('hex')
  const [a, m, b] = [`lpa-${id}`, `lpm-${id}`, `lpb-${id}`]
  const children: ChildProcess[] = []
  const start = (space: string, ...args: string[]) => {
    const child = spawn('ip', ['netns', 'exec', space, 'python3', program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
    return async (): Promise<string> => {
      const { value, done } = await lines.next()
      if (done) throw new Error(`transfer.py ${args[0]} ended without an answer`)
      return value
    }
  }
  try {
    for (const space of [a, m, b]) run('ip', 'netns', 'add', space)
    wire(a, 'a0', m, 'm0')
    wire(m, 'm1', b, 'b0')
    run('ip', '-n', a, 'addr', 'add', '10.77.0.1/24', 'dev', 'a0')
    run('ip', '-n', b, 'addr', 'add', `${RECEIVER}/24`, 'dev', 'b0')
    if (options.loss > 0) dropAt(b, options.loss)
    if (options.tbf) {
      const { rateKbps, queueBytes } = options.tbf
      const tbf = ['rate', `${rateKbps}kbit`, 'burst', '3028', 'limit', `${queueBytes}`]
      run('tc', '-n', a, 'qdisc', 'add', 'dev', 'a0', 'root', 'tbf', ...tbf)
    }
    const box = start(m, 'box', 'm0', 'm1', `${options.roundTripMs / 2}`)
    const sink = start(b, 'receive', `${PORT}`)
    await Promise.all([box(), sink()])
    const source = start(a, 'send', RECEIVER, `${PORT}`, `${options.seconds}`, options.congestion)
    const roundTripMs = Number(await source())
    return { rate: Number(await sink()), roundTripMs }
  } finally {
    for (const child of children) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    }
    for (const space of [a, m, b]) {
      try {
        run('ip', 'netns', 'del', space)
      } catch {}
    }
  }
}

/** A cable between two namespaces, without anything that merges segments. */
function wire(from: string, one: string, to: string, other: string): void {
  run('ip', '-n', from, 'link', 'add', one, 'type', 'veth', 'peer', 'name', other, 'netns', to)
  const plain = ['tx', 'off', 'rx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off', 'sg', 'off']
  for (const [space, name] of [
    [from, one],
    [to, other],
  ] as const) {
    run('ip', 'netns', 'exec', space, 'ethtool', '-K', name, ...plain)
    run('ip', '-n', space, 'link', 'set', name, 'up')
  }
}

function dropAt(space: string, loss: number): void {
  const rules = `table inet link {
    chain in {
      type filter hook input priority 0;
      tcp dport ${PORT} meta length > 500 numgen random mod 1000000 < ${Math.round(loss * 1e6)} drop
    }
  }`
  execFileSync('ip', ['netns', 'exec', space, 'nft', '-f', '-'], { input: rules })
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
