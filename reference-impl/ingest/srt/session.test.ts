import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TsMuxer } from '../../wire/mpeg-ts-muxer.ts'
import { SrtCaller, type SrtCallerOptions } from '../../wire/srt-caller.ts'
import { parseSrtAck, parseSrtNak } from '../../wire/srt-control.ts'
import { parseSrtPacket, SrtControl } from '../../wire/srt-packet.ts'
import type { IngestEvent } from '../record.ts'
import { type BenchOptions, ListenerBench } from './testing/listener-bench.ts'

const VIDEO = { pid: 256, type: 0x1b }
const FRAME_MS = 20

/** A caller and a listener on a network that the test makes; delays in ms. */
class Pair {
  readonly bench: ListenerBench
  readonly caller: SrtCaller
  readonly muxer = new TsMuxer({ streams: [VIDEO], pcrPid: VIDEO.pid })
  readonly #wire: { at: number; deliver: () => void }[] = []
  /** Whether a packet of the caller gets through, and after how many ms. */
  up: (packet: Buffer, number: number) => number[] = () => [5]
  down: (packet: Buffer) => number[] = () => [5]
  sentUp: Buffer[] = []
  /** The caller's clock. */
  callerTime: (now: number) => number = (now) => now
  frames = 0

  constructor(caller: Partial<SrtCallerOptions> = {}, options: BenchOptions = {}) {
    this.bench = new ListenerBench(options)
    const { now } = this.bench
    this.caller = new SrtCaller({ streamId: 'ABCDE-12345', latencyMs: 200, now, ...caller })
    this.bench.onSend = (packet) => {
      for (const delay of this.down(packet)) {
        const deliver = () => this.caller.receive(packet, this.callerTime(this.bench.now))
        this.#wire.push({ at: this.bench.now + delay, deliver })
      }
    }
    this.flush()
  }

  flush(): void {
    for (const packet of this.caller.takePackets()) {
      const number = this.sentUp.push(packet)
      for (const delay of this.up(packet, number)) {
        this.#wire.push({ at: this.bench.now + delay, deliver: () => this.bench.receive(packet) })
      }
    }
  }

  /** Runs both sides for `ms`, with a frame each 20 ms while connected and `sends`. */
  run(ms: number, sends = true): void {
    const end = this.bench.now + ms
    let frameAt = this.bench.now
    while (this.bench.now < end) {
      this.#wire.sort((a, b) => a.at - b.at)
      const soon = this.bench.now + 1
      const next = Math.min(end, frameAt, this.#wire[0]?.at ?? end, soon)
      this.bench.advanceTo(Math.max(next, this.bench.now))
      const { now } = this.bench
      while (this.#wire[0] !== undefined && this.#wire[0].at <= now) this.#wire.shift()?.deliver()
      this.caller.tick(this.callerTime(now))
      if (now >= frameAt) {
        frameAt += FRAME_MS
        if (sends && this.caller.connected) this.#frame()
      }
      this.flush()
    }
  }

  #frame(): void {
    const dts = 90_000 + this.frames * FRAME_MS * 90
    const idr = Buffer.alloc(2000, 0x41)
    idr.set([0, 0, 0, 1, 0x65])
    this.frames += 1
    const unit = { pid: VIDEO.pid, streamId: 0xe0, pts: dts, dts, key: true, data: idr }
    const bytes = this.muxer.unit(unit)
    for (let at = 0; at < bytes.length; at += 1316) {
      this.caller.send(bytes.subarray(at, at + 1316), this.callerTime(this.bench.now))
    }
  }

  get record() {
    return this.bench.log.list()[0]
  }

  event(type: string): IngestEvent {
    return this.record?.events.find((event) => event.type === type) ?? { at: -1, type: 'missing' }
  }
}

describe('an SRT session', () => {
  it('carries frames and ends with the shutdown', () => {
    const pair = new Pair()
    pair.run(1_000)
    pair.caller.shutdown(pair.bench.now)
    pair.flush()
    pair.run(500, false)
    expect(pair.record?.closeReason).toBe('unpublished')
    expect(pair.bench.gate.publications[0]?.ends).toEqual(['unpublished'])
    expect(pair.record?.frames.at).toHaveLength(pair.frames)
    expect(pair.event('srt-stats')).toMatchObject({ lost: 0, dropped: 0, duplicates: 0 })
    expect(pair.bench.listener.sessions).toBe(0)
  })

  it('delivers each packet its latency after it was sent, however it was delayed', () => {
    const pair = new Pair()
    let turn = 0
    pair.up = () => [5 + ((turn++ * 7) % 60)]
    pair.run(2_000)
    const at = pair.record?.frames.at ?? []
    const steps = at.slice(2).map((time, i) => time - (at[i + 1] ?? 0))
    expect(Math.max(...steps)).toBeLessThan(FRAME_MS + 1)
    expect(Math.min(...steps)).toBeGreaterThan(FRAME_MS - 1)
    expect(at.length).toBeGreaterThan(80)
  })

  it('asks at once for what is missing, and gets it with the flag of a retransmission', () => {
    const pair = new Pair({}, { limits: { retransmissionProbes: 0 } })
    pair.up = (_, number) => (number === 40 ? [] : [5])
    pair.run(1_500)
    expect(pair.event('srt-stats')).toMatchObject({
      lost: 1,
      dropped: 0,
      retransmitted: 1,
      naks: 1,
    })
    expect(pair.caller.stats).toMatchObject({ retransmitted: 1 })
  })

  it('asks again and again, then goes on without what came too late', () => {
    const pair = new Pair({ ignoresNak: true }, { limits: { retransmissionProbes: 0 } })
    pair.up = (_, number) => (number === 40 ? [] : [5])
    pair.run(2_000)
    const stats = pair.event('srt-stats') as unknown as { naks: number; dropped: number }
    expect(stats.naks).toBeGreaterThan(3)
    expect(stats.dropped).toBe(1)
    expect(pair.record?.frames.at.length).toBeGreaterThan(70)
  })

  it('waits for ever where the fault says so', () => {
    const seams = { dropsTooLate: () => false }
    const pair = new Pair({ ignoresNak: true }, { seams })
    pair.up = (_, number) => (number === 40 ? [] : [5])
    pair.run(2_000)
    expect(pair.record?.frames.at.length).toBeLessThan(30)
  })

  it('loses nothing at 5 % loss, with reordering and duplicates', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        let state = seed >>> 0
        const random = () => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0
          return state / 2 ** 32
        }
        const pair = new Pair({ latencyMs: 250 })
        pair.up = () => {
          if (random() < 0.05) return []
          const delay = 25 + random() * 5
          return random() < 0.02 ? [delay, delay + 3] : [delay]
        }
        pair.down = () => (random() < 0.05 ? [] : [25])
        pair.run(4_000)
        const stats = pair.event('srt-stats') as unknown as Record<string, number>
        expect((stats['dropped'] ?? 1) / (stats['packets'] ?? 1)).toBeLessThan(0.003)
        expect(stats['lost']).toBeGreaterThan(2)
      }),
      { numRuns: 10, seed: 5 },
    )
  })

  it('goes on across the wrap of sequence numbers and of timestamps', () => {
    const pair = new Pair({ initialSequence: 0x7fffffff - 20 })
    pair.run(1_000)
    expect(pair.event('srt-stats')).toMatchObject({ lost: 0, dropped: 0, overflows: 0 })
    expect(pair.record?.frames.at.length).toBeGreaterThan(30)
  })

  it('acknowledges each 10 ms, in full, and measures the round trip', () => {
    const pair = new Pair()
    const acks: number[] = []
    pair.down = (packet) => {
      const read = parseSrtPacket(packet)
      if (read.control && read.type === SrtControl.ack && parseSrtAck(read.body).full) {
        acks.push(pair.bench.now)
      }
      return [5]
    }
    pair.run(2_000)
    expect(acks.length).toBeGreaterThan(60)
    const stats = pair.event('srt-stats') as unknown as { rttMs: number }
    expect(stats.rttMs).toBeGreaterThan(9)
    expect(stats.rttMs).toBeLessThan(20)
  })

  it('follows a clock that goes slow', () => {
    const pair = new Pair()
    const begun = pair.bench.now
    pair.callerTime = (now) => begun + (now - begun) * 0.999
    pair.run(120_000)
    const stats = pair.event('srt-stats') as unknown as { driftMs: number; dropped: number }
    expect(stats.dropped).toBe(0)
    // Uncorrected, the last frame would come 120 ms early.
    const at = pair.record?.frames.at ?? []
    const span = (at.at(-1) ?? 0) - (at[10] ?? 0)
    expect(Math.abs(span - (at.length - 11) * FRAME_MS)).toBeLessThan(60)
    expect(pair.record?.frames.at.length).toBeGreaterThan(5_900)
    expect(Math.abs(stats.driftMs)).toBeGreaterThan(1)
  })

  it.each([16, 24, 32] as const)('decrypts with %i bytes, across a change of keys', (keyBytes) => {
    const passphrase = 'correct horse battery'
    const keys = { passphrase, keyBytes, refreshPackets: 30, announcePackets: 10 }
    const pair = new Pair({ keys }, { passphrase })
    pair.run(2_500)
    expect(pair.event('srt-stats')).toMatchObject({ undecrypted: 0, dropped: 0 })
    const refreshes = pair.record?.events.filter(({ type }) => type === 'srt-key-refresh') ?? []
    expect(refreshes.length).toBeGreaterThan(3)
    expect(refreshes.every((event) => event['accepted'] === true)).toBe(true)
    expect(pair.record?.frames.at.length).toBeGreaterThan(90)
    expect(pair.event('ts-stats')).toMatchObject({ faults: { sync: 0, continuity: 0 } })
  })

  it('ends when nothing comes any more', () => {
    const pair = new Pair()
    pair.run(300)
    pair.up = () => []
    pair.run(6_000)
    expect(pair.record?.closeReason).toBe('disconnected')
    expect(pair.bench.gate.publications[0]?.ends).toEqual(['disconnected'])
  })

  it('is told when it was stopped', () => {
    const pair = new Pair()
    pair.run(300)
    pair.bench.gate.publications[0]?.revoke('stopped')
    pair.run(50, false)
    expect(pair.record?.closeReason).toBe('stopped')
    expect(pair.caller.takeEvents().at(-1)).toEqual({ type: 'closed', reason: 'peer' })
  })

  it('provokes three retransmissions, and sees who does not answer', () => {
    for (const ignoresNak of [false, true]) {
      const pair = new Pair({ ignoresNak })
      pair.run(4_500)
      const probes = pair.record?.events.filter(({ type }) => type === 'srt-nak-probe') ?? []
      expect(probes).toHaveLength(3)
      for (const probe of probes) {
        expect(probe['retransmitFlag']).toBe(ignoresNak ? null : true)
      }
    }
  })

  it('survives control packets of any content', () => {
    const pair = new Pair()
    pair.run(300)
    const established = pair.sentUp.map((bytes) => parseSrtPacket(bytes))
    const destination = established.find((packet) => packet.destination !== 0)?.destination ?? 0
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 8 }),
        fc.uint8Array({ maxLength: 200 }),
        (type, subtype, body) => {
          if (type === SrtControl.shutdown) return
          const packet = Buffer.alloc(16 + body.length)
          packet.writeUInt16BE(0x8000 | (type === 8 ? 0x7fff : type), 0)
          packet.writeUInt16BE(subtype, 2)
          packet.writeUInt32BE(destination, 12)
          packet.set(body, 16)
          pair.bench.receive(packet)
          expect(pair.bench.listener.sessions).toBe(1)
        },
      ),
      { numRuns: 500 },
    )
    pair.run(500)
    expect(pair.record?.closedAt).toBeNull()
    const naks = pair.bench.sent.map((bytes) => parseSrtPacket(bytes))
    for (const nak of naks) {
      if (nak.control && nak.type === SrtControl.nak) {
        expect(parseSrtNak(nak.body).length).toBeGreaterThan(0)
      }
    }
  })
})
