import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

export interface RelayOptions {
  /** Port on 127.0.0.1 that packets are passed on to. */
  readonly to: number
  /** Of all packets, both ways. */
  readonly loss?: number
  readonly duplicate?: number
  /** Packets that let the next two go first. */
  readonly reorder?: number
  readonly seed?: number
}

export interface LossyRelay {
  readonly port: number
  readonly lost: number
  close(): void
}

/** A UDP relay for one caller that mistreats the same packets each time that it has the same seed. */
export async function startLossyRelay(options: RelayOptions): Promise<LossyRelay> {
  const { to, loss = 0, duplicate = 0, reorder = 0 } = options
  const near = createSocket('udp4')
  const far = createSocket('udp4')
  let state = options.seed ?? 1
  let lost = 0
  let caller = 0
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const lane = (socket: Socket, port: () => number) => {
    let held: { bytes: Buffer; after: number } | null = null
    const send = (bytes: Buffer) => socket.send(bytes, port(), '127.0.0.1', () => undefined)
    return (bytes: Buffer) => {
      const [drop, twice, late] = [random() < loss, random() < duplicate, random() < reorder]
      if (drop) lost += 1
      else if (late && held === null) held = { bytes, after: 2 }
      else {
        send(bytes)
        if (twice) send(bytes)
      }
      if (held !== null && held.bytes !== bytes && --held.after === 0) {
        send(held.bytes)
        held = null
      }
    }
  }
  const up = lane(far, () => to)
  const down = lane(near, () => caller)
  near.on('message', (bytes, remote) => {
    caller = remote.port
    up(bytes)
  })
  far.on('message', (bytes) => down(bytes))
  for (const socket of [near, far]) {
    socket.on('error', () => undefined)
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
  }
  return {
    port: near.address().port,
    get lost() {
      return lost
    },
    close() {
      near.close()
      far.close()
    },
  }
}
