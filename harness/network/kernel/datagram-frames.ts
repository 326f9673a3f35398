import type { Socket } from 'node:net'

const LENGTH_BYTES = 2

/** Datagrams over a stream: each behind its length in two bytes. */
export function writeDatagram(stream: Socket, datagram: Uint8Array): void {
  // What the other side does not take up in time is lost, as datagrams are.
  if (stream.destroyed || stream.writableNeedDrain) return
  const head = Buffer.alloc(LENGTH_BYTES)
  head.writeUInt16BE(datagram.length)
  stream.cork()
  stream.write(head)
  stream.write(datagram)
  stream.uncork()
}

/** Calls `take` for each whole datagram. */
export function readDatagrams(stream: Socket, take: (datagram: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    let at = 0
    while (pending.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + pending.readUInt16BE(at)
      if (end > pending.length) break
      take(pending.subarray(at + LENGTH_BYTES, end))
      at = end
    }
    pending = pending.subarray(at)
  })
}
