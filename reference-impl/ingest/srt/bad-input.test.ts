import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SrtCaller } from '../../wire/srt-caller.ts'
import type { CorpusCase } from '../../wire/testing/read-corpus.ts'
import { readCorpus } from '../../wire/testing/read-corpus.ts'
import { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { RecordingPublication } from '../rtmp/testing/recording-gate.ts'
import { TsMedia } from './media.ts'
import { ListenerBench } from './testing/listener-bench.ts'
import { TsSource } from './testing/ts-source.ts'

const DESTINATION = 12
const COOKIE = 44

/** A listener with a healthy caller; what it says to others is not of interest here. */
function healthyBench() {
  const bench = new ListenerBench({
    cookies: { make: () => 7, check: (cookie) => (cookie === 7 ? FACTS : null) },
  })
  const caller = new SrtCaller({ streamId: 'ABCDE-12345', latencyMs: 20, now: bench.now })
  bench.onSend = (packet) => caller.receive(packet, bench.now)
  const flush = () => {
    for (let packets = caller.takePackets(); packets.length > 0; packets = caller.takePackets()) {
      for (const packet of packets) bench.receive(packet)
    }
  }
  flush()
  const source = new TsSource()
  return {
    bench,
    caller,
    flush,
    /** One picture, and the time until it was delivered. */
    picture() {
      for (const payload of source.next()) caller.send(payload, bench.now)
      flush()
      bench.advanceTo(bench.now + 20)
      caller.tick(bench.now)
      flush()
    },
    source,
  }
}

const FACTS = { version: 4, cookieZero: true }
const cases = readCorpus('srt')
const other = { address: '127.0.0.2', port: 5_000 }

function withCookie({ bytes }: CorpusCase): Buffer {
  const copy = Buffer.from(bytes)
  if (copy.length >= COOKIE + 4) copy.writeUInt32BE(7, COOKIE)
  return copy
}

describe('the SRT listener and malformed packets', () => {
  it('takes every case from a stranger, and a healthy caller beside it loses nothing', () => {
    const { bench, picture, source } = healthyBench()
    for (const [i, it] of cases.entries()) {
      // A stranger with a valid cookie, too: some of these are let in.
      bench.receive(it.bytes, { ...other, port: 1_024 + i })
      bench.receive(withCookie(it), { ...other, port: 1_024 + i })
      if (i % 8 === 0) picture()
    }
    bench.advanceTo(bench.now + 10_000)
    const [record] = bench.log.list('ABCDE-12345')
    expect(record?.frames.size.length).toBe(source.frames)
    // Whoever was let in and said no more is gone again.
    expect(bench.listener.sessions).toBe(0)
    expect(bench.gate.publications.length).toBeGreaterThan(10)
    expect(bench.gate.publications.every(({ ends }) => ends.length === 1)).toBe(true)
  })

  it('takes every case within a session, which goes on or ends once', () => {
    for (const it of cases) {
      const { bench, picture } = healthyBench()
      picture()
      const id = bench.sent.length > 0 ? sessionIdOf(bench) : 0
      const packet = Buffer.from(it.bytes)
      if (packet.length >= DESTINATION + 4) packet.writeUInt32BE(id, DESTINATION)
      bench.receive(packet)
      picture()
      bench.advanceTo(bench.now + 6_000)
      expect(bench.gate.publications[0]?.ends, it.name).toHaveLength(1)
      expect(bench.log.list()[0]?.closeReason, it.name).not.toBe('internal-error')
    }
  })

  it('delivers the last packets of a caller whose clock runs ahead before it ends', () => {
    const { bench, caller, flush, source } = healthyBench()
    for (const payload of source.next()) caller.send(payload, bench.now + 3_000)
    caller.shutdown(bench.now)
    flush()
    bench.advanceTo(bench.now + 500)
    const [record] = bench.log.list('ABCDE-12345')
    expect(record?.closeReason).toBe('unpublished')
    expect(record?.frames.size).toHaveLength(source.frames)
  })

  it('withstands any packets at any time', () => {
    const step = fc.tuple(fc.nat(cases.length - 1), fc.nat(1_500), fc.nat(255), fc.nat(300))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { bench, picture } = healthyBench()
        const id = sessionIdOf(bench)
        for (const [which, at, value, wait] of steps) {
          const packet = withCookie(cases[which] as CorpusCase)
          if (packet.length > 0) packet[at % packet.length] = value
          if (packet.length >= DESTINATION + 4 && value % 4 > 0) {
            packet.writeUInt32BE(id, DESTINATION)
          }
          bench.receive(packet)
          if (value % 8 === 0) picture()
          bench.advanceTo(bench.now + wait)
        }
        bench.advanceTo(bench.now + 60_000)
        expect(bench.listener.sessions).toBe(0)
        for (const { closeReason } of bench.log.list())
          expect(closeReason).not.toBe('internal-error')
      }),
      { numRuns: 40 },
    )
  })
})

/** The listener's last handshake tells the socket id of the session. */
function sessionIdOf(bench: ListenerBench): number {
  const conclusion = bench.sent.findLast(
    (bytes) => bytes.readUInt16BE(0) === 0x8000 && bytes.readUInt32BE(36) === 0xffffffff,
  )
  return conclusion?.readUInt32BE(40) ?? 0
}

function opened() {
  const options = { session: 's', protocol: 'srt', remote: 'r', now: 0 } as const
  const recorder = new IngestRecorder(new IngestLog(), options)
  const media = new TsMedia(recorder, new RecordingPublication('ABCDE-12345'), 0)
  return { media, record: recorder.record }
}

describe('malformed transport streams', () => {
  it('harm nothing of a healthy stream that follows', () => {
    for (const { name, bytes } of readCorpus('ts')) {
      const { media, record } = opened()
      media.push(bytes, 0, 0)
      media.lost()
      const source = new TsSource()
      for (let i = 0; i < 12; i++) {
        for (const payload of source.next()) media.push(payload, i * 20, i * 20)
      }
      media.flush(1_000)
      const pictures = record.frames.size.filter((size) => size > 1_800)
      expect(pictures.length, name).toBeGreaterThanOrEqual(10)
    }
  })

  it('holds no more than its limit, however small the parts are', () => {
    const { media, record } = opened()
    for (const payload of new TsSource().next()) media.push(payload, 0, 0)
    // Packets with one byte of payload each: 188 bytes are held for it.
    const packet = Buffer.alloc(188, 0xff)
    for (let i = 0; i < 60_000; i++) {
      packet.set([0x47, i === 0 ? 0x41 : 0x01, 0x00, 0x30 | (i & 15), 182, 0])
      if (i === 0) packet.set([0x47, 0x41, 0x00, 0x10, 0, 0, 1, 0xe0, 0, 0, 0x80, 0, 0])
      media.push(Buffer.from(packet), 0, 0)
    }
    const stats = record.events.find(({ type }) => type === 'ts-stats')
    expect(stats?.['faults']).toMatchObject({ oversized: 1 })
  })
})
