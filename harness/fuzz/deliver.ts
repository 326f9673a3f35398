import { connect } from 'node:net'
import type { FuzzBytes } from './fuzz-input.ts'

export interface Delivery {
  /** `closed`: the server ended the connection; `lingering`: it kept it open after our FIN. */
  readonly outcome: 'closed' | 'lingering' | 'unreachable'
  /** The first bytes that came back. */
  readonly answer: Buffer
  /** Answers to what was sent afterwards in the same session. */
  readonly later?: readonly Buffer[]
}

/** A server's greeting alone is 3 kB. */
const KEEP_BYTES = 8_192
/** How long an answer is waited for before the rest is sent all the same, ms. */
const WAIT_MS = 100
/** How long a server may hold on to a connection whose client is gone, ms. */
const LINGER_MS = 4_000

/** Sends bytes on a connection of their own, says goodbye, and waits for the end of it. */
export function deliver(
  place: { readonly host: string; readonly port: number },
  { bytes, wait }: FuzzBytes,
  goodbye: 'fin' | 'rst' = 'fin',
): Promise<Delivery> {
  return new Promise((resolve) => {
    const kept: Buffer[] = []
    let size = 0
    let connected = false
    const socket = connect({ host: place.host, port: place.port })
    const timer = setTimeout(() => done('lingering'), LINGER_MS)
    let rest = wait ? bytes.subarray(wait.at) : null
    const sendRest = (last: Buffer) => {
      rest = null
      if (goodbye === 'fin') socket.end(last)
      else socket.write(last, () => socket.resetAndDestroy())
    }
    const impatience = setTimeout(() => rest && sendRest(rest), WAIT_MS)
    const done = (outcome: Delivery['outcome']) => {
      clearTimeout(timer)
      clearTimeout(impatience)
      socket.destroy()
      resolve({ outcome, answer: Buffer.concat(kept) })
    }
    socket.on('error', () => {}) // 'close' follows; a reset is as good as a FIN
    socket.on('connect', () => {
      connected = true
      if (rest) socket.write(bytes.subarray(0, wait?.at))
      else sendRest(bytes)
    })
    socket.on('data', (part: Buffer) => {
      if (size < KEEP_BYTES) kept.push(part.subarray(0, KEEP_BYTES - size))
      size += part.length
      if (rest && wait && Buffer.concat(kept).includes(wait.text)) sendRest(rest)
    })
    socket.on('close', () => done(connected ? 'closed' : 'unreachable'))
  })
}
