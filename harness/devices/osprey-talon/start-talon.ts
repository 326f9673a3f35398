import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { EnvironmentError } from '../../errors.ts'
import type { Cloud } from './cloud.ts'
import {
  HEADERS_TIMEOUT_MS,
  MAX_CONNECTIONS,
  MAX_HEADER_BYTES,
  REQUEST_TIMEOUT_MS,
} from './limits.ts'
import { Talon } from './talon.ts'

/** A virtual Osprey Talon, listening. */
export interface RunningTalon {
  /** `http://host:port/` of its page */
  readonly url: string
  /** Stops its stream and the page. */
  close(): Promise<void>
}

/**
 * Starts the device with its page on a port of its own.
 * @throws EnvironmentError `LP_DEVICE_LISTEN` where the port cannot be had
 */
export async function startTalon(
  cloud: Cloud,
  listen: { readonly host?: string; readonly port?: number } = {},
): Promise<RunningTalon> {
  const { host = '127.0.0.1', port = 0 } = listen
  const talon = new Talon(cloud)
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    // A name that somebody else pointed at this machine must not reach the page.
    if (isOwnHost(request, host)) void talon.handle(request, response)
    else response.writeHead(421, { Connection: 'close' }).end()
  })
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', (_error, socket) => socket.destroy())
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const text = `cannot listen on ${host}:${port}: ${(error as Error).message}`
    throw new EnvironmentError('LP_DEVICE_LISTEN', text, { cause: error })
  }
  const address = server.address() as AddressInfo
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${shown}:${address.port}/`,
    async close() {
      await talon.channel.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isOwnHost({ headers }: IncomingMessage, host: string): boolean {
  const name = URL.parse(`http://${headers.host ?? ''}/`)?.hostname.replace(/^\[|\]$/g, '')
  if (!name) return false
  return name === 'localhost' || isIP(name) !== 0 || name === host.toLowerCase()
}
