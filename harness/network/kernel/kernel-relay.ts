import { createSocket } from 'node:dgram'
import { connect, createServer, type Socket } from 'node:net'
import { UDP_BUFFER_BYTES } from '../limits.ts'
import { readDatagrams, writeDatagram } from './datagram-frames.ts'
import { joinSockets } from './join-sockets.ts'

/**
 * One end of a path between two network namespaces, run inside its namespace. What crosses into
 * and out of the namespace goes over Unix sockets, which belong to no namespace.
 */
export interface RelayJob {
  /** `near` is where clients come in, `far` where the server is. */
  readonly end: 'near' | 'far'
  readonly protocol: 'tcp' | 'udp'
  /** Of the far end, in its namespace. */
  readonly host: string
  readonly port: number
  /** `near` listens here, `far` connects here. */
  readonly path: string
}

const job: RelayJob = JSON.parse(process.argv[2] ?? '{}')
process.stdin.on('end', () => process.exit()).resume()
const ready = () => process.stdout.write('ready\n')
const { end, protocol, host, port, path } = job
const options = { allowHalfOpen: true, noDelay: true }

if (end === 'near') {
  const server = createServer({ allowHalfOpen: true }, (inside) => {
    if (protocol === 'tcp') joinSockets(inside, connect({ host, port, ...options }))
    else carryDatagrams(inside)
  })
  server.listen(path, ready)
} else if (protocol === 'tcp') {
  const server = createServer(options, (socket) =>
    joinSockets(socket, connect({ path, allowHalfOpen: true })),
  )
  server.listen(port, host, ready)
} else receiveDatagrams()

/** The near end of one client's datagrams. */
function carryDatagrams(inside: Socket): void {
  const socket = udp()
  readDatagrams(inside, (datagram) => socket.send(datagram, port, host, () => {}))
  socket.on('message', (datagram) => writeDatagram(inside, datagram))
  inside.on('error', () => {})
  inside.on('end', () => inside.destroy())
  inside.once('close', () => socket.close())
}

/** The far end: every client is known by the address that its near end has. */
function receiveDatagrams(): void {
  const clients = new Map<string, Socket>()
  const socket = udp()
  socket.on('message', (datagram, from) => {
    const key = `${from.address} ${from.port}`
    let outside = clients.get(key)
    if (!outside) {
      outside = connect({ path })
      clients.set(key, outside)
      outside.on('error', () => {})
      outside.once('close', () => clients.delete(key))
      readDatagrams(outside, (back) => socket.send(back, from.port, from.address, () => {}))
    }
    writeDatagram(outside, datagram)
  })
  socket.bind(port, host, ready)
}

function udp() {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: UDP_BUFFER_BYTES,
    sendBufferSize: UDP_BUFFER_BYTES,
  })
  socket.on('error', () => {})
  return socket
}
