import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, connect as tcpConnect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import type { PeerExtras, Target } from '../target.ts'
import { targetPid } from '../target-pid.ts'
import type { Peer } from './peer.ts'

const START_DEADLINE_MS = 15_000
const CLOSE_DEADLINE_MS = 5_000
const LOOK_AGAIN_MS = 50
/** A port that was free may be taken before the peer has it. */
const ATTEMPTS = 3

export interface PeerTarget extends Target {
  /** The process that keeps it running. */
  readonly keeperPid: number
  /** How often it ended by itself so far, and was started again. */
  restarts(): number
}

interface Kept {
  readonly keeper: ChildProcess
  /** What the peer said before it ended by itself, each time. */
  readonly ends: string[]
}

/**
 * Starts a peer on free loopback ports, in a folder of its own.
 * @throws EnvironmentError `LP_PEER_MISSING` | `LP_PEER_START`
 */
export async function startPeer(peer: Peer): Promise<PeerTarget> {
  const missing = peer.missing()
  if (missing) throw new EnvironmentError('LP_PEER_MISSING', missing)
  let why = ''
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [rtmpPort, otherPort] = await freePorts()
    const dir = mkdtempSync(join(tmpdir(), `liveproof-${peer.id}-`))
    const secret = randomBytes(16).toString('hex')
    const { file, args, files } = peer.command({ dir, rtmpPort, otherPort, secret })
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(dir, name), text, { mode: 0o600 })
    const pidFile = join(dir, 'peer.pid')
    const kept = keep({ dir, file, args, pidFile })
    const rtmp = `rtmp://127.0.0.1:${rtmpPort}/live`
    const extras = { rtmp, secret, pidFile }
    if (await answers(rtmpPort, extras, kept)) {
      return {
        name: peer.id,
        kind: 'peer',
        api: rtmp,
        apiKey: '',
        peer: extras,
        keeperPid: kept.keeper.pid ?? 0,
        restarts: () => kept.ends.length,
        close: () => end(kept.keeper),
      }
    }
    why = kept.ends.at(-1)?.trim() || 'it took no connection'
    await end(kept.keeper)
  }
  throw new EnvironmentError('LP_PEER_START', `${peer.id} did not start: ${why}`)
}

function keep(order: {
  dir: string
  file: string
  args: readonly string[]
  pidFile: string
}): Kept {
  const script = fileURLToPath(new URL('./keeper.ts', import.meta.url))
  const options = ['--disable-warning=ExperimentalWarning', script, JSON.stringify(order)]
  // Apart from the terminal: Ctrl-C is for us, who then end it in our own time.
  const keeper = spawn(process.execPath, options, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  })
  const ends: string[] = []
  keeper.on('error', (error) => ends.push(String(error)))
  keeper.on('message', (message: { said?: string }) => ends.push(message.said ?? ''))
  return { keeper, ends }
}

/** Whether it takes connections and is known by its process id in time, and did not end instead. */
async function answers(port: number, peer: PeerExtras, { keeper, ends }: Kept): Promise<boolean> {
  const deadline = nowMs() + START_DEADLINE_MS
  while (nowMs() < deadline && ends.length === 0 && keeper.exitCode === null) {
    if ((await takesConnections(port)) && targetPid({ peer }) !== undefined) return true
    await delay(LOOK_AGAIN_MS)
  }
  return false
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tcpConnect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}

async function end(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return
  const gone = once(keeper, 'exit')
  keeper.kill('SIGTERM')
  const timer = setTimeout(() => keeper.kill('SIGKILL'), CLOSE_DEADLINE_MS)
  await gone
  clearTimeout(timer)
}

/** Two ports that were free just now. */
async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all([freePort(), freePort()])
  const [first, second] = await Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as { port: number }
      server.close()
      await once(server, 'close')
      return port
    }),
  )
  return [first!, second!]
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
