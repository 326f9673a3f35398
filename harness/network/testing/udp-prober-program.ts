import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { nowMs } from '../../measure/clock.ts'

/**
 * A process that sends datagrams to itself through links and writes down by its own clock when each
 * one left and came. First it says at which port it receives; then it does one job after the other.
 */
export interface ProbeJob {
  /** One link for each; the first does nothing to packets. */
  readonly ports: readonly number[]
  /** In each, every link is sent one datagram. */
  readonly rounds: number
  /** ms from one round to the next, at least. */
  readonly everyMs: number
  /** bytes of payload, 16 at least */
  readonly size: number
}

/** What came, in the order of arrival, of all links; copies count for themselves. */
export interface ProbeArrivals {
  readonly link: Uint8Array
  readonly round: Uint32Array
  /** ms of `nowMs` */
  readonly sentAt: Float64Array
  readonly at: Float64Array
}

export type ProbeCommand = { readonly job: ProbeJob } | { readonly collect: number }
export type ProbeAnswer =
  | { readonly port: number }
  | { readonly sent: number }
  | { readonly arrivals: ProbeArrivals; readonly stillShare: number }

/**
 * Rounds that may be under way on the link that does nothing: less than fits into the buffers of
 * the sockets, so that the kernel loses nothing however slow the link is.
 */
const MOST_UNDER_WAY = 32
/** ms to wait for what a link says that it has delivered. */
const COLLECT_DEADLINE_MS = 2_000

/** ms between two looks at the socket from which on this process was not there to see what came. */
const STILL_MS = 1

let looked = nowMs()
let stillMs = 0
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  const now = nowMs()
  if (now - looked > STILL_MS) stillMs += now - looked
  looked = now
}

process.once('disconnect', () => process.exit())
// It never sleeps, so that how long it takes to wake up is not counted against the link, and takes
// only time that nobody else wants.
setPriority(constants.priority.PRIORITY_LOW)
const sink = createSocket({ type: 'udp4', recvBufferSize: 2 ** 22 })
let got: { link: number; round: number; sentAt: number; at: number }[] = []
let latest = -1
let stillShare = 0
sink.on('message', (data) => {
  const at = nowMs()
  const [sentAt, round, link] = [data.readDoubleBE(0), data.readUInt32BE(8), data.readUInt8(12)]
  got.push({ link, round, sentAt, at })
  if (link === 0) latest = round
})
sink.bind(0, '127.0.0.1')
await once(sink, 'listening')
const source = createSocket({ type: 'udp4', sendBufferSize: 2 ** 22 })
source.bind(0, '127.0.0.1')
await once(source, 'listening')
process.on('message', (command: ProbeCommand) => {
  void ('job' in command ? send(command.job) : collect(command.collect)).then(answer)
})
answer({ port: sink.address().port })

async function send({ ports, rounds, everyMs, size }: ProbeJob): Promise<ProbeAnswer> {
  got = []
  latest = -1
  const startedAt = nowMs()
  looked = startedAt
  stillMs = 0
  let due = startedAt
  for (let round = 0; round < rounds; round++) {
    while (nowMs() < due || round - latest > MOST_UNDER_WAY) await turn()
    due = Math.max(due + everyMs, nowMs())
    for (const [link, port] of ports.entries()) {
      const packet = Buffer.alloc(size)
      packet.writeUInt32BE(round, 8)
      packet.writeUInt8(link, 12)
      packet.writeDoubleBE(nowMs(), 0)
      source.send(packet, port, '127.0.0.1')
    }
    await turn()
  }
  stillShare = stillMs / (nowMs() - startedAt)
  return { sent: rounds }
}

/** What has come, once it is `expected` datagrams and no further one waits, or it takes too long. */
async function collect(expected: number): Promise<ProbeAnswer> {
  const deadline = nowMs() + COLLECT_DEADLINE_MS
  while (got.length < expected && nowMs() < deadline) await turn()
  for (let before = -1; before !== got.length; ) {
    before = got.length
    await turn()
    await turn()
  }
  const arrivals = {
    link: Uint8Array.from(got, ({ link }) => link),
    round: Uint32Array.from(got, ({ round }) => round),
    sentAt: Float64Array.from(got, ({ sentAt }) => sentAt),
    at: Float64Array.from(got, ({ at }) => at),
  }
  return { arrivals, stillShare }
}

function answer(what: ProbeAnswer): void {
  process.send?.(what)
}
