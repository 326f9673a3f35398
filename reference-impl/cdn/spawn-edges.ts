import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CodedError } from '../errors.ts'
import type { EdgeReady } from './edge-ready.ts'
import { loopbackRegions } from './regions.ts'

const MAIN = fileURLToPath(new URL('edge-main.ts', import.meta.url))
const START_MS = 15_000
const MAX_SPAWNED = 16

export interface SpawnEdgesOptions {
  readonly count: number
  readonly origin: string
  readonly secret: string
  readonly host: string
  readonly faults: readonly string[]
}

export interface SpawnedEdges {
  readonly edges: readonly EdgeReady[]
  close(): Promise<void>
}

/**
 * Starts edges as processes of their own, one region after the other.
 * @throws CodedError `LP_EDGE_START` when one does not come up, `LP_EDGE_USAGE` for too many
 */
export async function spawnEdges(options: SpawnEdgesOptions): Promise<SpawnedEdges> {
  const { count } = options
  if (!Number.isInteger(count) || count < 0 || count > MAX_SPAWNED) {
    throw new CodedError('LP_EDGE_USAGE', `--edges: a number from 0 to ${MAX_SPAWNED}`)
  }
  const regions = [...new Set(loopbackRegions.clients.map(({ region }) => region))]
  const children: ChildProcess[] = []
  const close = async () => {
    await Promise.all(children.map(end))
  }
  try {
    const edges = await Promise.all(
      Array.from({ length: count }, (_, index) => {
        const region = regions[index % regions.length]!
        const child = start(options, region, `${region}-${Math.floor(index / regions.length) + 1}`)
        children.push(child)
        return readyLine(child)
      }),
    )
    return { edges, close }
  } catch (error) {
    await close()
    throw error
  }
}

function start(options: SpawnEdgesOptions, region: string, id: string): ChildProcess {
  const { origin, host, secret, faults } = options
  const args = [MAIN, '--json', '--origin', origin, '--region', region, '--id', id, '--host', host]
  for (const fault of faults) args.push('--fault', fault)
  return spawn(process.execPath, [...process.execArgv, ...args], {
    // The channel carries nothing: it closes when this process dies, however that comes about.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, LIVEPROOF_FEED_SECRET: secret },
  })
}

function readyLine(child: ChildProcess): Promise<EdgeReady> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new CodedError('LP_EDGE_START', `an edge ${why}`))
    const late = setTimeout(() => fail(`did not come up within ${START_MS} ms`), START_MS)
    child.once('error', (error) => fail(`cannot be started: ${error.message}`))
    child.once('close', (code) => fail(`ended with code ${code}`))
    createInterface({ input: child.stdout! }).once('line', (line) => {
      clearTimeout(late)
      resolve(JSON.parse(line) as EdgeReady)
    })
  })
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const cut = setTimeout(() => child.kill('SIGKILL'), 3_000)
    child.once('close', () => {
      clearTimeout(cut)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
