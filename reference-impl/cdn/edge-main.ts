import { parseArgs } from 'node:util'
import { CodedError } from '../errors.ts'
import { seamsWith } from '../faults/install.ts'
import { startEdge } from './edge.ts'
import type { EdgeReady } from './edge-ready.ts'

/** The secret stands in no command line, where every user of the machine could read it. */
const SECRET_VARIABLE = 'LIVEPROOF_FEED_SECRET'
/** ms that an edge waits for its origin before it gives up its start. */
const WELCOME_MS = 10_000
const MAX_CAPACITY = 100_000

const { values } = parseArgs({
  options: {
    origin: { type: 'string' },
    region: { type: 'string', default: 'local' },
    host: { type: 'string', default: '127.0.0.1' },
    id: { type: 'string' },
    capacity: { type: 'string' },
    json: { type: 'boolean' },
    fault: { type: 'string', multiple: true },
  },
})

try {
  await runEdge()
} catch (error) {
  const code = error instanceof CodedError ? error.code : 'LP_EDGE_START'
  process.stderr.write(`edge: ${(error as Error).message} [${code}]\n`)
  process.exit(3)
}

/** Runs an edge until SIGINT, SIGTERM or the end of the parent that holds a channel to it. */
async function runEdge(): Promise<void> {
  const edge = await startEdge({
    origin: originOf(values.origin),
    secret: process.env[SECRET_VARIABLE] ?? '',
    region: wordOf('--region', values.region),
    host: values.host,
    id: values.id === undefined ? undefined : wordOf('--id', values.id),
    capacity: capacityOf(values.capacity),
    seams: seamsWith(values.fault ?? []),
  })
  await Promise.race([edge.welcomed, lateWelcome()])
  const { id, region, addresses } = edge
  const ready: EdgeReady = { schema: 'liveproof/edge@1', pid: process.pid, id, region, addresses }
  // Whoever reads that it is ready may end it at once.
  const told = endTold()
  process.stdout.write(`${values.json ? JSON.stringify(ready) : describe(ready)}\n`)
  await told
  await edge.close()
}

function endTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    process.once('disconnect', resolve)
    process.channel?.unref()
  })
}

function lateWelcome(): Promise<never> {
  return new Promise((_resolve, reject) => {
    const why = `no origin answered at ${values.origin} within ${WELCOME_MS} ms`
    setTimeout(() => reject(new CodedError('LP_EDGE_ORIGIN', why)), WELCOME_MS).unref()
  })
}

function originOf(text: string | undefined): string {
  const url = URL.parse(text ?? '')
  if (url?.protocol === 'http:') return url.origin
  throw new CodedError('LP_EDGE_USAGE', '--origin must be the http:// address of an origin')
}

function wordOf(option: string, text: string): string {
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(text)) return text
  throw new CodedError('LP_EDGE_USAGE', `${option}: at most 64 letters, digits and ._-`)
}

function capacityOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const capacity = Number(text)
  if (Number.isInteger(capacity) && capacity >= 1 && capacity <= MAX_CAPACITY) return capacity
  throw new CodedError('LP_EDGE_USAGE', `--capacity: viewers, 1 to ${MAX_CAPACITY}`)
}

function describe({ id, region, addresses }: EdgeReady): string {
  return [
    `The edge ${id} in region ${region} is running. Ctrl-C ends it.`,
    `  H5Live         ${addresses.websocket}`,
    `  progressive    ${addresses.progressive}`,
    `  HLS, LL-HLS    ${addresses.hls}/NAME/index.m3u8`,
    `  RTMP ingest    ${addresses.rtmp}`,
    `  SRT ingest     ${addresses.srt}?streamid=push:NAME`,
    `  WHIP ingest    ${addresses.whip}/whip/NAME   (bearer token: NAME)`,
  ].join('\n')
}
