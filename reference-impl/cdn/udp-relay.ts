import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { nowMs } from '../clock.ts'
import { CodedError } from '../errors.ts'
import {
  MAX_RELAYED_SENDERS,
  RELAY_BUFFER_BYTES,
  SWEEP_MS,
  UDP_IDLE_MS,
  UDP_UNANSWERED_MS,
} from './limits.ts'

export interface SocketTarget {
  readonly host: string
  readonly port: number
}

export interface UdpRelay {
  readonly port: number
  /** Addresses that are passed on now. */
  readonly senders: () => number
  /** Passed on so far, either way. */
  readonly datagrams: () => number
  close(): Promise<void>
}

export interface UdpRelayOptions {
  readonly host: string
  /** Where datagrams go now; undefined while that is not known. */
  readonly origin: () => SocketTarget | undefined
}

interface Sender {
  readonly socket: Socket
  readonly target: SocketTarget
  answered: boolean
  usedAt: number
}

/**
 * Takes SRT callers and WebRTC media at an edge and passes their datagrams on, each sender from a
 * port of its own, by which the origin tells them apart. An address that the origin does not answer
 * is soon forgotten: whoever forges addresses cannot hold the ports for long.
 * @throws CodedError `LP_LISTEN`
 */
export async function startUdpRelay({ host, origin }: UdpRelayOptions): Promise<UdpRelay> {
  const senders = new Map<string, Sender>()
  let datagrams = 0
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: RELAY_BUFFER_BYTES,
  })
  try {
    socket.bind(0, host)
    await once(socket, 'listening')
  } catch (error) {
    throw new CodedError('LP_LISTEN', `cannot listen on ${host}/udp`, { cause: error })
  }
  socket.on('error', () => {})
  socket.on('message', (bytes, from) => {
    const target = from.port === 0 ? undefined : origin()
    if (target === undefined) return
    const sender = senderFor(from, target)
    if (sender === undefined) return
    sender.usedAt = nowMs()
    datagrams += 1
    sender.socket.send(bytes, target.port, target.host, () => {})
  })
  const sweep = setInterval(() => {
    const now = nowMs()
    for (const [key, { answered, usedAt }] of senders) {
      if (now - usedAt > (answered ? UDP_IDLE_MS : UDP_UNANSWERED_MS)) forget(key)
    }
  }, SWEEP_MS).unref()

  function senderFor(from: RemoteInfo, target: SocketTarget): Sender | undefined {
    const key = `${from.address} ${from.port}`
    const known = senders.get(key)
    if (known?.target.port === target.port && known.target.host === target.host) return known
    // The origin was started again, at another port.
    if (known !== undefined) forget(key)
    if (senders.size >= MAX_RELAYED_SENDERS) return undefined
    const onward = createSocket({
      type: isIPv6(target.host) ? 'udp6' : 'udp4',
      recvBufferSize: RELAY_BUFFER_BYTES,
    })
    const sender: Sender = { socket: onward, target, answered: false, usedAt: nowMs() }
    onward.on('error', () => {})
    onward.on('message', (bytes, { address, port }) => {
      if (port !== target.port || address !== target.host) return
      sender.answered = true
      datagrams += 1
      socket.send(bytes, from.port, from.address, () => {})
    })
    senders.set(key, sender)
    return sender
  }

  function forget(key: string): void {
    senders.get(key)?.socket.close()
    senders.delete(key)
  }

  return {
    port: socket.address().port,
    senders: () => senders.size,
    datagrams: () => datagrams,
    close: () =>
      new Promise((resolve) => {
        clearInterval(sweep)
        for (const key of [...senders.keys()]) forget(key)
        socket.close(() => resolve())
      }),
  }
}
