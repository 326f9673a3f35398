import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { EnvironmentError } from '../errors.ts'
import { NotOffered } from './not-offered.ts'
import { referenceEnvironment } from './reference.ts'
import type { Target, TargetEdge } from './target.ts'

const START_DEADLINE_MS = 20_000

/** How an edge of the reference is run. */
export const edgeCommand: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=2',
  fileURLToPath(new URL('../../reference-impl/cdn/edge-main.ts', import.meta.url)),
]

const readySchema = z.object({
  schema: z.literal('liveproof/edge@1'),
  pid: z.int(),
  id: z.string(),
  region: z.string(),
  addresses: z.object({
    websocket: z.url(),
    progressive: z.url(),
    hls: z.url(),
    rtmp: z.string(),
    srt: z.string(),
    whip: z.url(),
  }),
})

/** Clients of the reference's regions, told apart by where on loopback they connect from. */
const LOOPBACK_CLIENTS: Readonly<Record<string, string>> = {
  eu: '127.1.0.1',
  us: '127.2.0.1',
  as: '127.3.0.1',
  au: '127.4.0.1',
}

export interface RunningEdges {
  readonly edges: readonly TargetEdge[]
  close(): Promise<void>
}

/**
 * The target's edges: the reference starts one for each region, a real deployment has its own.
 * @throws NotOffered for a target that names none, EnvironmentError `LP_EDGE_START`
 */
export async function openEdges(target: Target, regions: readonly string[]): Promise<RunningEdges> {
  if (target.edges !== undefined) return { edges: target.edges, close: async () => {} }
  const feed = target.reference?.feed
  if (feed === undefined) throw new NotOffered(`${target.name} has no edges`)
  const started: TargetEdge[] = []
  const close = async () => {
    await Promise.all(started.map((edge) => edge.kill?.()))
  }
  try {
    // One after the other: a machine that is busy starts them faster that way.
    for (const region of regions) started.push(await startEdge(feed, region, started.length))
    return { edges: started, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startEdge(
  feed: NonNullable<Target['reference']>['feed'],
  region: string,
  index: number,
): Promise<TargetEdge> {
  const args = [...edgeCommand, '--json', '--origin', feed.url, '--region', region]
  args.push('--id', `${region}-${index + 1}`)
  for (const fault of feed.faults) args.push('--fault', fault)
  const child = spawn(process.execPath, args, {
    // The channel carries nothing: it closes when this process dies, however that comes about.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...referenceEnvironment, LIVEPROOF_FEED_SECRET: feed.secret },
  })
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
  const lines = createInterface({ input: child.stdout! })
  const signal = AbortSignal.timeout(START_DEADLINE_MS)
  const gone = exited.then(() => {
    throw new Error('it ended')
  })
  try {
    const [line] = (await Promise.race([once(lines, 'line', { signal }), gone])) as [string]
    const { id, addresses, pid } = readySchema.parse(JSON.parse(line))
    gone.catch(() => {})
    return {
      id,
      region,
      pid,
      client: LOOPBACK_CLIENTS[region],
      h5live: addresses.websocket,
      progressive: addresses.progressive,
      hls: addresses.hls,
      rtmp: addresses.rtmp,
      srt: addresses.srt,
      whip: addresses.whip,
      async kill() {
        child.kill('SIGKILL')
        await exited
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    gone.catch(() => {})
    const why = (error as Error).message
    throw new EnvironmentError('LP_EDGE_START', `an edge of the reference did not start: ${why}`)
  }
}
