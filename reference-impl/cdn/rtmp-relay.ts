import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { MAX_RELAYED_PUBLISHERS, OPENING_MS, RELAY_IDLE_MS } from './limits.ts'

export interface RtmpRelay {
  readonly port: number
  readonly publishers: () => number
  close(): Promise<void>
}

export interface RtmpRelayOptions {
  readonly host: string
  /** Where the origin takes publishers now; undefined while it is not known. */
  readonly origin: () => { readonly host: string; readonly port: number } | undefined
}

/**
 * Takes RTMP publishers at an edge and passes their bytes on: they cross the long way on a line of
 * the CDN's. The origin stays the only one that decides who publishes what.
 */
export async function startRtmpRelay({ host, origin }: RtmpRelayOptions): Promise<RtmpRelay> {
  const publishers = new Set<Socket>()
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (publisher) => {
    publisher.on('error', () => {})
    const target = origin()
    if (target === undefined || publishers.size >= MAX_RELAYED_PUBLISHERS) {
      publisher.destroy()
      return
    }
    publishers.add(publisher)
    const onward = connect({ ...target, noDelay: true })
    onward.on('error', () => {})
    const late = setTimeout(() => onward.destroy(), OPENING_MS)
    onward.on('connect', () => {
      clearTimeout(late)
      publisher.pipe(onward)
      onward.pipe(publisher)
    })
    for (const socket of [publisher, onward]) {
      socket.setTimeout(RELAY_IDLE_MS, () => socket.destroy())
    }
    onward.on('close', () => {
      clearTimeout(late)
      publisher.destroy()
    })
    publisher.on('close', () => {
      publishers.delete(publisher)
      onward.destroy()
    })
  })
  server.maxConnections = MAX_RELAYED_PUBLISHERS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    publishers: () => publishers.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const publisher of publishers) publisher.destroy()
      }),
  }
}
