import { connect } from 'node:net'

export interface Delivery {
  /** `closed`: the server ended the connection; `lingering`: it kept it open after our FIN. */
  readonly outcome: 'closed' | 'lingering' | 'unreachable'
  /** The first bytes that came back. */
  readonly answer: Buffer
}

const KEEP_BYTES = 4_096
/** How long a server may hold on to a connection whose client is gone, ms. */
const LINGER_MS = 4_000

/** Sends bytes on a connection of their own, says goodbye, and waits for the end of it. */
export function deliver(
  place: { readonly host: string; readonly port: number },
  bytes: Buffer,
  goodbye: 'fin' | 'rst' = 'fin',
): Promise<Delivery> {
  return new Promise((resolve) => {
    const kept: Buffer[] = []
    let size = 0
    let connected = false
    const socket = connect({ host: place.host, port: place.port })
    const timer = setTimeout(() => done('lingering'), LINGER_MS)
    const done = (outcome: Delivery['outcome']) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ outcome, answer: Buffer.concat(kept) })
    }
    socket.on('error', () => {}) // 'close' follows; a reset is as good as a FIN
    socket.on('connect', () => {
      connected = true
      if (goodbye === 'fin') socket.end(bytes)
      else socket.write(bytes, () => socket.resetAndDestroy())
    })
    socket.on('data', (part: Buffer) => {
      if (size < KEEP_BYTES) kept.push(part.subarray(0, KEEP_BYTES - size))
      size += part.length
    })
    socket.on('close', () => done(connected ? 'closed' : 'unreachable'))
  })
}
