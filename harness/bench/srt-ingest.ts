import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Encoder } from '../encoders/encoder.ts'
import { loadProfile } from '../encoders/load-profile.ts'
import type { Profile } from '../encoders/profile.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import { readProcessStat } from '../measure/process-stat.ts'
import { findProgram } from '../setup/program.ts'
import { srtLiveTransmit } from '../setup/programs.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { SRT_LOST_METHOD, srtPacketsLost } from './srt-lost.ts'
import { type BenchWorkbench, withReference } from './with-reference.ts'

const STREAMS = 50
/** Streams of libsrt: each needs a process of its own. */
const PEERS = 4
/** Added to the clip's 1 Mbit/s. */
const FILLER_KBPS = 850

/** About 2 Mbit/s with the overhead of the transport stream. */
function twoMegabits(): Profile {
  const profile = loadProfile('obs-29')
  const misbehaviours = [{ kind: 'filler', kbps: FILLER_KBPS } as const]
  return {
    ...profile,
    media: { ...profile.media, video: '720p30' },
    behaviour: { ...profile.behaviour, misbehaviours },
  }
}

export const srtIngest: Benchmark = {
  id: 'srt-ingest',
  title: `${STREAMS} SRT callers at 2 Mbit/s`,
  method:
    `All callers in one process, the reference in another. ${SRT_LOST_METHOD} CPU per stream ` +
    `against srt-live-transmit, which receives the same stream in ${PEERS} processes right afterwards.`,
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const ours = await measureOurs(bench, seconds, signal)
      const theirs = await measureLibsrt(seconds, signal)
      if (theirs === null) return ours.figures
      const ratio: Figure = {
        name: 'CPU of srt-live-transmit times',
        value: ours.cpuPerStream / theirs,
        unit: '×',
        count: PEERS,
        bound: `${theirs.toFixed(2)} % of a core a stream there; ticks of 10 ms`,
        goal: { operator: '<=', value: 2 },
      }
      return [...ours.figures, ratio]
    }),
}

async function measureOurs(bench: BenchWorkbench, seconds: number, signal: AbortSignal) {
  const profile = twoMegabits()
  const streams = []
  for (let i = 0; i < STREAMS; i++) streams.push(await bench.createStream())
  const encoders: Encoder[] = []
  for (const { name, ingest } of streams) {
    const to = { url: ingest.srt ?? '', streamName: name }
    encoders.push(await startEncoder({ profile, to, signal }))
  }
  bench.atClose(() => Promise.all(encoders.map((encoder) => encoder.stop())))
  await delay(1_000, undefined, { signal })
  const before = (await bench.process()).cpuMs
  const sentBefore = encoders.reduce((sum, { stats }) => sum + stats.bytesSent, 0)
  await delay(seconds * 1000, undefined, { signal })
  const cpuMs = (await bench.process()).cpuMs - before
  const sent = encoders.reduce((sum, { stats }) => sum + stats.bytesSent, 0) - sentBefore
  await Promise.all(encoders.map((encoder) => encoder.stop()))
  const cpuPerStream = cpuMs / seconds / 10 / STREAMS
  const figures: Figure[] = [
    ...(await srtPacketsLost(bench, streams)),
    {
      name: 'rate of each stream',
      value: (sent * 8) / seconds / STREAMS / 1e6,
      unit: 'Mbit/s',
      count: STREAMS,
      bound: 'mean',
    },
    {
      name: 'reference CPU',
      value: cpuPerStream * STREAMS,
      unit: '% of a core',
      count: STREAMS,
      bound: `${cpuPerStream.toFixed(2)} % a stream`,
      goal: { operator: '<=', value: 100 },
    },
  ]
  return { cpuPerStream, figures }
}

/** % of a core for each stream; null where libsrt's tools are not installed. */
async function measureLibsrt(seconds: number, signal: AbortSignal): Promise<number | null> {
  const binary = findProgram(srtLiveTransmit)
  if (binary === null) return null
  const children: ChildProcess[] = []
  const encoders: Encoder[] = []
  try {
    for (let i = 0; i < PEERS; i++) {
      const url = `srt://127.0.0.1:${await freePort()}`
      const options = { stdio: ['ignore', 'ignore', 'ignore'] as const }
      const args = ['-q', `${url}?mode=listener&latency=200`, 'file://con']
      children.push(spawn(binary, args, { stdio: [...options.stdio] }))
      await delay(300, undefined, { signal })
      const to = { url, streamName: 'ABCDE-12345' }
      encoders.push(await startEncoder({ profile: twoMegabits(), to, signal }))
    }
    await delay(1_000, undefined, { signal })
    const before = await cpuOf(children)
    await delay(seconds * 1000, undefined, { signal })
    return ((await cpuOf(children)) - before) / seconds / 10 / PEERS
  } finally {
    await Promise.all(encoders.map((encoder) => encoder.stop()))
    for (const child of children) child.kill('SIGKILL')
  }
}

async function cpuOf(children: readonly ChildProcess[]): Promise<number> {
  let sum = 0
  for (const { pid } of children) sum += (await readProcessStat(pid ?? 0))?.cpuMs ?? 0
  return sum
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}
