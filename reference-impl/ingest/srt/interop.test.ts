import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, describe, expect, it } from 'vitest'
import { TICKS_PER_SECOND } from '../../live/frame.ts'
import { IngestLog } from '../ingest-log.ts'
import type { IngestRecord } from '../record.ts'
import { RecordingGate } from '../rtmp/testing/recording-gate.ts'
import { defaultSrtSeams } from './seams.ts'
import { type SrtIngestOptions, startSrtIngest } from './server.ts'
import { SrtCallerSocket } from './testing/caller-socket.ts'
import { type RelayOptions, startLossyRelay } from './testing/lossy-relay.ts'
import { TsSource } from './testing/ts-source.ts'

const has = (program: string) => spawnSync(program, ['-version']).error === undefined
const PASSPHRASE = 'correct-horse-battery'
const closers: (() => unknown)[] = []

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(options: Partial<SrtIngestOptions> = {}) {
  const log = new IngestLog()
  const gate = new RecordingGate()
  const base = { host: '127.0.0.1', port: 0, gate, log, seams: defaultSrtSeams() }
  const ingest = await startSrtIngest({ ...base, ...options })
  closers.push(() => ingest.close())
  return { ingest, gate, log }
}

async function relay(options: RelayOptions) {
  const made = await startLossyRelay(options)
  closers.push(() => made.close())
  return made
}

function run(program: string, args: string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stderr?.resume()
  child.stdin?.on('error', () => undefined)
  closers.push(() => child.kill('SIGKILL'))
  return child
}

function statsOf(record: IngestRecord | undefined): Record<string, number> {
  return (record?.events.find(({ type }) => type === 'srt-stats') ?? {}) as never
}

/** Feeds a child's standard input with one picture each 20 ms, until `enough`. */
function feed(child: ChildProcess, enough: () => boolean): Promise<void> {
  const source = new TsSource()
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      for (const payload of source.next()) child.stdin?.write(payload)
      if (!enough()) return
      clearInterval(timer)
      resolve()
    }, 20)
    closers.push(() => clearInterval(timer))
  })
}

/** A UDP port for a program that cannot say which one it took: of those that nobody is given unasked. */
async function portToName(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000)
    const socket = createSocket('udp4').bind(port, '127.0.0.1')
    const [free] = await Promise.race([
      once(socket, 'listening').then(() => [true]),
      new Promise<[boolean]>((resolve) => socket.once('error', () => resolve([false]))),
    ])
    socket.close()
    if (free) return port
  }
}

const LOSSY = { loss: 0.04, duplicate: 0.02, reorder: 0.02, seed: 7 }

const RATE = 30
const SENT_SECONDS = 6
/** More than a busy machine keeps a process waiting. */
const LATENCY_S = 3

describe.skipIf(!has('ffmpeg'))('ffmpeg as a caller', () => {
  const media = [
    ...['-hide_banner', '-loglevel', 'error'],
    ...['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30'],
    ...['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '30'],
    ...['-c:a', 'aac', '-t', String(SENT_SECONDS), '-f', 'mpegts'],
  ]
  it.concurrent.each([
    { name: 'in plain', keyBytes: 0, hurt: {} },
    { name: 'in plain over a bad network', keyBytes: 0, hurt: LOSSY },
    { name: 'with AES-128', keyBytes: 16, hurt: {} },
    { name: 'with AES-192', keyBytes: 24, hurt: {} },
    { name: 'with AES-256 over a bad network', keyBytes: 32, hurt: LOSSY },
  ])('publishes $name', async ({ keyBytes, hurt }) => {
    const secret = keyBytes === 0 ? {} : { passphrase: PASSPHRASE }
    const { ingest, gate, log } = await start(secret)
    const { port } = await relay({ to: ingest.port, ...hurt })
    const keys = keyBytes === 0 ? '' : `&passphrase=${PASSPHRASE}&pbkeylen=${keyBytes}`
    const options = `mode=caller&latency=${LATENCY_S * 1e6}&transtype=live${keys}`
    const url = `srt://127.0.0.1:${port}?${options}&streamid=push:ABCDE-12345`
    const exit = once(run('ffmpeg', [...media, url]), 'exit')
    const dtsOfVideo = () =>
      (gate.publications[0]?.frames ?? [])
        .filter(({ track }) => track === 'video')
        .map(({ dts }) => dts)
    // libsrt does not wait at its end: what is lost of the last latency's worth stays lost.
    const kept = (SENT_SECONDS - LATENCY_S) * RATE
    const afterFirst = (dts: number) => dts - dtsOfVideo()[0]!
    const keptTicks = (kept / RATE) * TICKS_PER_SECOND
    await expect
      .poll(() => afterFirst(dtsOfVideo().at(-1) ?? 0), { timeout: 15_000 })
      .toBeGreaterThanOrEqual(keptTicks)
    const dropped = statsOf(log.list()[0])['dropped']
    expect(await exit).toEqual([0, null])
    const [publication] = gate.publications
    await publication?.ended
    const [record] = log.list()
    const holes = kept - dtsOfVideo().filter((dts) => afterFirst(dts) < keptTicks).length
    expect(holes).toBeLessThan(4)
    expect(statsOf(record)['undecrypted']).toBe(0)
    expect(dropped).toBeLessThan(4)
    if (hurt === LOSSY) expect(statsOf(record)['retransmitted']).toBeGreaterThan(3)
    expect(publication?.tracks.map(({ codecString }) => codecString)).toContain('mp4a.40.2')
  })
})

describe.skipIf(!has('srt-live-transmit'))('srt-live-transmit', () => {
  it.concurrent.each([
    { name: 'in plain', keyBytes: 0, hurt: {} },
    { name: 'in plain over a bad network', keyBytes: 0, hurt: LOSSY },
    { name: 'with AES-128 over a bad network', keyBytes: 16, hurt: LOSSY },
    { name: 'with AES-192', keyBytes: 24, hurt: {} },
    { name: 'with AES-256', keyBytes: 32, hurt: {} },
    { name: 'with AES-128 and many new keys', keyBytes: 16, hurt: {}, refresh: 100 },
  ])('publishes as a caller $name', async ({ keyBytes, hurt, refresh }) => {
    const secret = keyBytes === 0 ? {} : { passphrase: PASSPHRASE }
    const { ingest, gate, log } = await start(secret)
    const { port } = await relay({ to: ingest.port, ...hurt })
    const change = refresh === undefined ? '' : `&kmrefreshrate=${refresh}&kmpreannounce=45`
    const keys = keyBytes === 0 ? '' : `&passphrase=${PASSPHRASE}&pbkeylen=${keyBytes}${change}`
    const url = `srt://127.0.0.1:${port}?mode=caller&latency=1000${keys}&streamid=ABCDE-12345`
    const child = run('srt-live-transmit', ['-q', 'file://con', url])
    // What it reads before it is connected it throws away, and at its end what waits in its pipe.
    await feed(child, () => (log.list()[0]?.frames.at.length ?? 0) >= 150)
    const dropped = statsOf(log.list()[0])['dropped']
    child.stdin?.end()
    child.kill('SIGINT')
    await gate.publications[0]?.ended
    const [record] = log.list()
    const dts = record!.frames.dts.slice(0, 150)
    const holes = (dts.at(-1)! - dts[0]!) / TsSource.STEP_TICKS + 1 - dts.length
    expect(holes).toBeLessThan(4)
    expect(statsOf(record)['undecrypted']).toBe(0)
    expect(dropped).toBeLessThan(4)
    if (refresh !== undefined) {
      const refreshes = record?.events.filter(({ type }) => type === 'srt-key-refresh')
      expect(refreshes?.length).toBeGreaterThan(0)
    }
  })

  it('is told why it is rejected', async () => {
    const { ingest } = await start({ gate: new RecordingGate({ 'ABCDE-12345': 'unknown' }) })
    const url = `srt://127.0.0.1:${ingest.port}?mode=caller&streamid=ABCDE-12345`
    const child = run('srt-live-transmit', ['-a:no', 'file://con', url])
    let words = ''
    // It says why at once, and now and then takes long to end.
    await new Promise<void>((resolve) => {
      const hear = (text: Buffer) => {
        words += text.toString()
        if (/REJECT reported/.test(words)) resolve()
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.once('exit', () => setImmediate(resolve))
    })
    expect(words).toMatch(/REJECT reported from HS processing: Application-defined/)
  })

  it.concurrent.each([
    { name: 'in plain', keyBytes: 0, hurt: {} },
    { name: 'with AES-256 over a bad network', keyBytes: 32, hurt: LOSSY },
    { name: 'with AES-128 and new keys', keyBytes: 16, hurt: {}, refreshPackets: 100 },
  ] as const)('receives our caller $name', async (made) => {
    const { keyBytes, hurt } = made
    const port = await portToName()
    const keys = keyBytes === 0 ? '' : `&passphrase=${PASSPHRASE}&pbkeylen=${keyBytes}`
    // Every byte is wanted: neither end may give a packet up, however late this machine is.
    const listen = `srt://127.0.0.1:${port}?mode=listener&latency=5000&tlpktdrop=0${keys}`
    const child = run('srt-live-transmit', ['-q', listen, 'file://con'])
    const received: Buffer[] = []
    let bytes = 0
    let enough: () => void = () => undefined
    let wanted = Number.POSITIVE_INFINITY
    const all = new Promise<void>((resolve) => {
      enough = resolve
    })
    child.stdout?.on('data', (part: Buffer) => {
      received.push(part)
      bytes += part.length
      if (bytes >= wanted) enough()
    })
    const hop = await relay({ to: port, ...hurt })
    const refresh = 'refreshPackets' in made ? made.refreshPackets : undefined
    const more = refresh === undefined ? {} : { refreshPackets: refresh, announcePackets: 45 }
    const caller = await new Promise<SrtCallerSocket>((resolve, reject) => {
      // The listener may not be up yet: a call is made again until it answers.
      const call = (left: number) => {
        const socket: SrtCallerSocket = new SrtCallerSocket({
          host: '127.0.0.1',
          port: hop.port,
          streamId: 'ABCDE-12345',
          latencyMs: 5_000,
          ...(keyBytes === 0 ? {} : { keys: { passphrase: PASSPHRASE, keyBytes, ...more } }),
          onEvent(event) {
            if (event.type === 'connected') resolve(socket)
            else if (left > 0 && !socket.caller.connected) call(left - 1)
            else reject(new Error(JSON.stringify(event)))
          },
        })
      }
      call(3)
    })
    closers.push(() => caller.close())
    const source = new TsSource()
    const sent: Buffer[] = []
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        for (const payload of source.next()) {
          sent.push(payload)
          caller.send(payload)
        }
        if (source.frames < 150) return
        clearInterval(timer)
        resolve()
      }, 20)
    })
    const media = Buffer.concat(sent)
    wanted = media.length
    // It holds its output back until a block is full: null packets push the last ones out.
    const nothing = Buffer.alloc(1316, 0xff)
    for (let at = 0; at < 1316; at += 188) nothing.set([0x47, 0x1f, 0xff, 0x10], at)
    const timer = setInterval(() => caller.send(nothing), 20)
    closers.push(() => clearInterval(timer))
    await all
    expect(caller.caller.stats.dropped).toBe(0)
    expect(Buffer.concat(received).subarray(0, wanted).equals(media)).toBe(true)
    await caller.shutdown()
  })
})
