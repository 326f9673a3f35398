import { parseArgs } from 'node:util'
import { CodedError } from './errors.ts'
import { startReference } from './server.ts'

export interface ServeOptions {
  readonly data?: string
  readonly host?: string
  readonly json?: boolean
  readonly fault?: string[]
  readonly 'push-allow'?: string[]
  readonly 'whip-host'?: string
}

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
  })
  const { addresses } = reference
  process.stdout.write(options.json ? `${JSON.stringify(addresses)}\n` : `${describe(addresses)}\n`)

  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    process.once('disconnect', resolve)
    process.channel?.unref()
  })
  await reference.close()
}

function describe(addresses: Awaited<ReturnType<typeof startReference>>['addresses']): string {
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
