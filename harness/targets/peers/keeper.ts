import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'

/**
 * A process of its own that keeps one peer running, as a service manager would: a peer that ends is
 * started again. It ends, and its peer with it, when the process that started it asks for it or is
 * gone, however that came about.
 */
interface KeeperOrder {
  readonly dir: string
  readonly file: string
  readonly args: readonly string[]
  readonly pidFile: string
}

const RESTART_MS = 50
/** Past this it is not worth starting again. */
const MAX_RESTARTS = 500
const KILL_AFTER_MS = 2_000
const OUTPUT_TAIL = 4_000

const order: KeeperOrder = JSON.parse(process.argv[2] ?? '{}')
let child: ChildProcess | undefined
let restarts = 0
let stopping = false

function start(): void {
  const running = spawn(order.file, [...order.args], {
    cwd: order.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child = running
  let said = ''
  for (const stream of [running.stdout, running.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-OUTPUT_TAIL)
    })
  }
  running.once('spawn', () => writeFileSync(order.pidFile, String(running.pid)))
  running.once('error', (error) => {
    said = String(error)
  })
  running.once('close', () => {
    if (stopping) finish()
    if (process.connected) process.send?.({ ended: ++restarts, said })
    if (restarts > MAX_RESTARTS) stop()
    else setTimeout(start, RESTART_MS)
  })
}

function stop(): void {
  if (stopping) return
  stopping = true
  const running = child
  if (!running || running.exitCode !== null || running.signalCode !== null) finish()
  running?.kill('SIGTERM')
  setTimeout(() => running?.kill('SIGKILL'), KILL_AFTER_MS)
}

function finish(): never {
  rmSync(order.dir, { recursive: true, force: true })
  process.exit()
}

process.on('disconnect', stop)
process.on('SIGTERM', stop)
start()
