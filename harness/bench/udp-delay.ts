import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export interface UdpDelay {
  readonly port: number
  close(): void
}

/** A UDP relay for one caller: each packet is delayed, or lost, both ways. Same seed, same losses. */
export async function startUdpDelay(options: {
  readonly to: number
  readonly loss: number
  readonly delayMs: number
}): Promise<UdpDelay> {
  const [near, far] = [createSocket('udp4'), createSocket('udp4')]
  let caller = 0
  let state = 1
  const lost = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 < options.loss
  }
  const pass = (socket: typeof near, bytes: Buffer, port: number) => {
    if (lost()) return
    setTimeout(() => {
      if (!closed) socket.send(bytes, port, '127.0.0.1', () => undefined)
    }, options.delayMs)
  }
  let closed = false
  near.on('message', (bytes, remote) => {
    caller = remote.port
    pass(far, bytes, options.to)
  })
  far.on('message', (bytes) => pass(near, bytes, caller))
  for (const socket of [near, far]) {
    socket.on('error', () => undefined)
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
  }
  return {
    port: near.address().port,
    close() {
      closed = true
      near.close()
      far.close()
    },
  }
}
