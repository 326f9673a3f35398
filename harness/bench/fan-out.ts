import { setTimeout as delay } from 'node:timers/promises'
import { startEncoder } from '../encoders/start-encoder.ts'
import { readProcessStat } from '../measure/process-stat.ts'
import { nginxRtmp } from '../targets/peers/nginx-rtmp.ts'
import { nodeMediaServer } from '../targets/peers/node-media-server.ts'
import type { Peer } from '../targets/peers/peer.ts'
import { startPeer } from '../targets/peers/start-peer.ts'
import { targetPid } from '../targets/target-pid.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { ByteReaders } from './byte-readers.ts'
import { withReference } from './with-reference.ts'

const VIEWERS = 300
const CLIP = '720p30'
/** ms for the first group, and for joins to be over */
const SETTLE_MS = 3_000
/** Connections that are begun before the first of them is awaited. */
const BATCH = 50
const GIGABYTE = 1e9

interface Measured {
  /** s of CPU for each gigabyte */
  readonly cost: number
  readonly gigabytes: number
  readonly readers: number
}

export const fanOut: Benchmark = {
  id: 'fan-out',
  title: `What a delivered gigabyte costs, ${VIEWERS} viewers of one stream at 1 Mbit/s`,
  method:
    'CPU time of the server alone, user and system, per gigabyte that readers took. The same clip, ' +
    'encoder and readers (sockets that read into one buffer and count) for each server, one after the ' +
    'other: H5Live of the reference, WebSocket-FLV of node-media-server, RTMP of nginx-rtmp.',
  async run({ seconds, signal }) {
    const ours = await withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: CLIP })
      const { h5live } = stream.playout
      const { pid } = bench.target.reference!
      return measure({ pid, seconds, signal, join: (readers) => readers.webSocket(h5live) })
    })
    const nms = await measurePeer(withHttp(nodeMediaServer), seconds, signal, 'flv')
    const nginx = await measurePeer({ peer: nginxRtmp, port: () => 0 }, seconds, signal, 'rtmp')
    return [
      figure('reference, H5Live', ours),
      ...against('node-media-server, WebSocket-FLV', ours, nms),
      ...against('nginx-rtmp, RTMP', ours, nginx),
    ]
  },
}

function figure(name: string, { cost, gigabytes, readers }: Measured): Figure {
  const bound = `${gigabytes.toFixed(2)} GB, to ${readers} readers; ticks of 10 ms`
  return { name, value: cost, unit: 'CPU s/GB', count: readers, bound }
}

function against(name: string, ours: Measured, theirs: Measured | null): Figure[] {
  if (theirs === null) return []
  return [
    figure(name, theirs),
    {
      name: `reference ÷ ${name}`,
      value: ours.cost / theirs.cost,
      unit: '×',
      count: theirs.readers,
      bound: 'ratio of the two above',
      goal: { operator: '<=', value: 1 },
    },
  ]
}

interface HttpPeer {
  readonly peer: Peer
  /** The port on which it speaks HTTP, once it was started. */
  readonly port: () => number
}

/** node-media-server with its HTTP server, which the rules have no use for. */
function withHttp(peer: Peer): HttpPeer {
  let port = 0
  return {
    port: () => port,
    peer: {
      ...peer,
      command(place) {
        port = place.otherPort
        const command = peer.command(place)
        const { 'config.json': text = '{}' } = command.files
        const config = { ...JSON.parse(text), http: { port } }
        return { ...command, files: { ...command.files, 'config.json': JSON.stringify(config) } }
      },
    },
  }
}

/** Null where it is not installed. */
async function measurePeer(
  { peer, port }: HttpPeer,
  seconds: number,
  signal: AbortSignal,
  as: 'flv' | 'rtmp',
): Promise<Measured | null> {
  if (peer.missing() !== null) return null
  const target = await startPeer(peer)
  try {
    const streamName = peer.streamName(target.peer!)
    const to = { url: target.api, streamName }
    const encoder = await startEncoder({
      profile: 'obs-29',
      to,
      signal,
      clipOverride: { video: CLIP },
    })
    const name = streamName.split('?')[0] ?? ''
    const join = (readers: ByteReaders) =>
      as === 'flv'
        ? readers.webSocket(`ws://127.0.0.1:${port()}/live/${name}.flv`)
        : readers.rtmp(target.api, name)
    try {
      return await measure({ pid: targetPid(target) ?? 0, seconds, signal, join })
    } finally {
      await encoder.stop()
    }
  } finally {
    await target.close()
  }
}

async function measure(options: {
  pid: number
  seconds: number
  signal: AbortSignal
  join: (readers: ByteReaders) => Promise<void>
}): Promise<Measured> {
  const { pid, seconds, signal, join } = options
  const readers = new ByteReaders()
  try {
    await delay(SETTLE_MS, undefined, { signal })
    for (let i = 0; i < VIEWERS; i += BATCH)
      await Promise.all(Array.from({ length: Math.min(BATCH, VIEWERS - i) }, () => join(readers)))
    await delay(SETTLE_MS, undefined, { signal })
    const before = await readProcessStat(pid)
    const bytesBefore = readers.bytes
    await delay(seconds * 1000, undefined, { signal })
    const after = await readProcessStat(pid)
    const gigabytes = (readers.bytes - bytesBefore) / GIGABYTE
    const cpuMs = (after?.cpuMs ?? Number.NaN) - (before?.cpuMs ?? Number.NaN)
    return { cost: cpuMs / 1000 / gigabytes, gigabytes, readers: readers.open }
  } finally {
    readers.close()
  }
}
