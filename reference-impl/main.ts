import { parseArgs } from 'node:util'
import type { Addresses } from './addresses.ts'
import { type SpawnedEdges, spawnEdges } from './cdn/spawn-edges.ts'
import { CodedError } from './errors.ts'
import { type Reference, startReference } from './server.ts'

export interface ServeOptions {
  readonly data?: string
  readonly host?: string
  readonly json?: boolean
  readonly fault?: string[]
  readonly 'push-allow'?: string[]
  readonly 'whip-host'?: string
  /** How many edges are started with it, each a process of its own. */
  readonly edges?: string
  readonly regions?: string
  readonly 'feed-port'?: string
}

/** The secret stands in no command line, where every user of the machine could read it. */
const SECRET_VARIABLE = 'LIVEPROOF_FEED_SECRET'

/**
 * Runs the reference until SIGINT, SIGTERM or the end of the parent that holds a channel to it,
 * then closes it and lets the process end.
 */
export async function serveReference(options: ServeOptions): Promise<void> {
  const reference = await startReference({
    host: options.host ?? '127.0.0.1',
    dataDir: options.data,
    faults: options.fault ?? [],
    pushAllow: options['push-allow'] ?? [],
    whipHost: options['whip-host'],
    regionsFile: options.regions,
    feedPort: portOf(options['feed-port']),
    feedSecret: process.env[SECRET_VARIABLE] || undefined,
  })
  const edges = await edgesOf(reference, options).catch(async (error: unknown) => {
    await reference.close()
    throw error
  })
  const addresses = { ...reference.addresses, edges: edges.edges }
  process.stdout.write(options.json ? `${JSON.stringify(addresses)}\n` : `${describe(addresses)}\n`)

  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    process.once('disconnect', resolve)
    process.channel?.unref()
  })
  await edges.close()
  await reference.close()
}

function edgesOf({ addresses }: Reference, options: ServeOptions): Promise<SpawnedEdges> {
  return spawnEdges({
    count: Number(options.edges ?? 0),
    origin: addresses.feed.url,
    secret: addresses.feed.secret,
    host: options.host ?? '127.0.0.1',
    faults: options.fault ?? [],
  })
}

/** @throws CodedError `LP_FEED_PORT` */
function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new CodedError('LP_FEED_PORT', `--feed-port: a port, 0 to 65535, not ${text}`)
}

function describe(addresses: Addresses): string {
  return [
    'The reference is running. Ctrl-C ends it.',
    `  bintu API      ${addresses.api}   (X-BINTU-APIKEY: ${addresses.apiKey})`,
    `  OpenAPI        ${addresses.api}/openapi.json`,
    `  RTMP ingest    ${addresses.rtmp}`,
    `  RTMPS ingest   ${addresses.rtmps.url}`,
    `  SRT ingest     ${addresses.srt.url}?streamid=push:NAME`,
    `  WHIP ingest    ${addresses.whip.url}/NAME   (bearer token: NAME)`,
    `  webcaster      ${addresses.whip.webcaster}?stream=NAME`,
    `  H5Live         ${addresses.h5live.websocket}?url=${encodeURIComponent(addresses.play)}&stream=NAME`,
    `  progressive    ${addresses.h5live.progressive}?url=${encodeURIComponent(addresses.play)}&stream=NAME`,
    `  HLS, LL-HLS    ${addresses.hls}/NAME/index.m3u8`,
    `  player         ${addresses.player}?stream=NAME`,
    `  door for edges ${addresses.feed.url}   (${SECRET_VARIABLE}=${addresses.feed.secret})`,
    ...(addresses.edges ?? []).map(
      ({ id, region, addresses: { websocket } }) =>
        `  edge ${id.padEnd(9)} ${websocket}   (clients from ${region})`,
    ),
    '',
    'Create a stream:',
    `  curl -X POST -H 'X-BINTU-APIKEY: ${addresses.apiKey}' ${addresses.api}/stream`,
  ].join('\n')
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      host: { type: 'string' },
      json: { type: 'boolean' },
      fault: { type: 'string', multiple: true },
      'push-allow': { type: 'string', multiple: true },
      'whip-host': { type: 'string' },
      edges: { type: 'string' },
      regions: { type: 'string' },
      'feed-port': { type: 'string' },
    },
  })
  try {
    await serveReference(values)
  } catch (error) {
    const code = error instanceof CodedError ? error.code : 'LP_REFERENCE_START'
    process.stderr.write(`reference: ${(error as Error).message} [${code}]\n`)
    process.exitCode = 3
  }
}
