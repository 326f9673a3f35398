import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { constants, setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../measure/clock.ts'
import { Histogram } from '../measure/histogram.ts'

/**
 * A child process that sends traffic to itself through whatever listens at the port that it is
 * told. It first says at which port it receives.
 */
export interface TrafficJob {
  readonly kind: 'udp-paced' | 'udp-flood' | 'tcp-flood'
  readonly port: number
  readonly seconds: number
  /** UDP: packets per s when paced */
  readonly rate: number
  /** UDP: bytes of payload */
  readonly size: number
}

export interface TrafficResult {
  readonly sent: number
  readonly received: number
  readonly receivedBytes: number
  /** ms from the first to the last arrival */
  readonly elapsedMs: number
  /** sent to received, ms, HDR base64 */
  readonly latency: string
}

const SETTLE_MS = 300
const FLOOD_BATCH = 32

const job: TrafficJob = JSON.parse(process.argv[2] ?? '{}')
process.once('disconnect', () => process.exit())
if (job.kind === 'tcp-flood') await tcp()
else await udp()

async function udp(): Promise<void> {
  const sink = createSocket({ type: 'udp4', recvBufferSize: 2 ** 22 })
  const latency = new Histogram()
  let received = 0
  let bytes = 0
  let first = 0
  let last = 0
  sink.on('message', (data) => {
    last = nowMs()
    first ||= last
    received++
    bytes += data.length
    latency.record(Math.max(0, last - data.readDoubleBE(0)))
  })
  sink.bind(0, '127.0.0.1')
  await once(sink, 'listening')
  const port = await goAhead(sink.address().port)
  const source = createSocket({ type: 'udp4', sendBufferSize: 2 ** 22 })
  source.connect(port, '127.0.0.1')
  await once(source, 'connect')
  const startedAt = nowMs()
  const end = startedAt + job.seconds * 1000
  let sent = 0
  const send = (done?: () => void) => {
    const packet = Buffer.alloc(job.size)
    packet.writeDoubleBE(nowMs())
    sent++
    source.send(packet, done)
  }
  if (job.kind === 'udp-paced') {
    // It never sleeps, so that how long it takes to wake up is not counted against the link, and
    // takes only time that nobody else wants, so that the machine is idle for the link.
    setPriority(constants.priority.PRIORITY_LOW)
    while (nowMs() < end) {
      const due = Math.floor(((nowMs() - startedAt) * job.rate) / 1000)
      while (sent < due) send()
      await new Promise((resolve) => setImmediate(resolve))
    }
  } else {
    while (nowMs() < end) {
      for (let i = 1; i < FLOOD_BATCH; i++) send()
      await new Promise<void>((resolve) => send(resolve))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await delay(SETTLE_MS)
  await report({
    sent,
    received,
    receivedBytes: bytes,
    elapsedMs: last - first,
    latency: latency.encode(),
  })
}

async function tcp(): Promise<void> {
  let bytes = 0
  let first = 0
  let last = 0
  const sink = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      last = nowMs()
      first ||= last
      bytes += chunk.length
    })
  })
  sink.listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const port = await goAhead((sink.address() as AddressInfo).port)
  const source = connect({ port, host: '127.0.0.1' })
  source.on('error', () => {})
  await once(source, 'connect')
  const chunk = Buffer.alloc(256 * 1024)
  const end = nowMs() + job.seconds * 1000
  let sent = 0
  while (nowMs() < end) {
    sent++
    if (!source.write(chunk)) await once(source, 'drain')
  }
  await report({
    sent,
    received: sent,
    receivedBytes: bytes,
    elapsedMs: last - first,
    latency: new Histogram().encode(),
  })
}

/** Says where this process receives; the answer is where it shall send. */
async function goAhead(port: number): Promise<number> {
  const answer = once(process, 'message')
  process.send?.({ port })
  const [told] = (await answer) as [{ port: number }]
  return told.port
}

async function report(result: TrafficResult): Promise<void> {
  process.send?.(result, () => process.exit())
}
