import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { loadClip } from '../encoders/clip.ts'
import { nowMs } from '../measure/clock.ts'
import { Histogram } from '../measure/histogram.ts'

const HEADER_BYTES = 12
const relay = fileURLToPath(new URL('./tcp-relay.ts', import.meta.url))

/**
 * Sends a clip's frames, paced as an encoder would, through a plain TCP relay in a process of its
 * own. Each frame is preceded by its length and the time at which it was sent.
 * @returns received − sent of each frame, ms
 */
export async function measureRelay(clipName: string, seconds: number): Promise<Histogram> {
  const clip = loadClip(clipName)
  const latency = new Histogram()
  const sink = createServer({ noDelay: true }, (socket) => readFrames(socket, latency))
  sink.listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const child = spawn(process.execPath, [relay, String((sink.address() as AddressInfo).port)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  try {
    const [line] = (await once(child.stdout!, 'data')) as [Buffer]
    const socket = connect({ port: Number(line.toString()), host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const startedAt = nowMs()
    for (let round = 0; ; round++) {
      for (const { time, body } of clip.frames) {
        const due = round * clip.duration + time
        if (due > seconds * 1000) {
          socket.end()
          await once(socket, 'close')
          return latency
        }
        const wait = startedAt + due - nowMs()
        if (wait > 0) await delay(wait)
        const header = Buffer.alloc(HEADER_BYTES)
        header.writeUInt32BE(body.length)
        header.writeDoubleBE(nowMs(), 4)
        socket.write(Buffer.concat([header, body]))
      }
    }
  } finally {
    child.disconnect()
    sink.close()
  }
}

function readFrames(socket: Socket, latency: Histogram): void {
  let pending: Buffer = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + pending.readUInt32BE()
      if (pending.length < end) return
      latency.record(nowMs() - pending.readDoubleBE(4))
      pending = pending.subarray(end)
    }
  })
}
