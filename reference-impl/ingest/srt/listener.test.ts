import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SrtCaller, type SrtCallerEvent, type SrtCallerOptions } from '../../wire/srt-caller.ts'
import { buildSrtCapabilities, buildSrtText } from '../../wire/srt-extensions.ts'
import {
  buildSrtHandshake,
  parseSrtHandshake,
  SrtExtensionType,
  SrtHandshakeType,
} from '../../wire/srt-handshake.ts'
import { buildSrtControl, parseSrtPacket, SrtControl } from '../../wire/srt-packet.ts'
import { dropsIn } from './kernel-drops.ts'
import { parseSrtStreamId } from './stream-id.ts'
import { type BenchOptions, ListenerBench } from './testing/listener-bench.ts'

/** Calls once on a network without delay; what came of it. */
function call(
  bench: ListenerBench,
  options: Partial<SrtCallerOptions> = {},
  remote = bench.remote,
): SrtCallerEvent | undefined {
  const base = { streamId: 'ABCDE-12345', latencyMs: 200, now: bench.now }
  const caller = new SrtCaller({ ...base, ...options })
  bench.onSend = (packet) => caller.receive(packet, bench.now)
  for (let packets = caller.takePackets(); packets.length > 0; packets = caller.takePackets()) {
    for (const packet of packets) bench.receive(packet, remote)
  }
  return caller.takeEvents()[0]
}

const made = (options: BenchOptions = {}) => new ListenerBench(options)
const rejected = (reason: number) => ({ type: 'rejected', reason })

describe('the SRT listener', () => {
  it('agrees on the larger latency', () => {
    expect(call(made())).toEqual({ type: 'connected', latencyMs: 200 })
    expect(call(made(), { latencyMs: 20 })).toEqual({ type: 'connected', latencyMs: 120 })
  })

  it('keeps nothing of inductions, and answers no cookie but its own', () => {
    const bench = made()
    const caller = new SrtCaller({ streamId: 'ABCDE-12345', latencyMs: 200, now: bench.now })
    const [induction] = caller.takePackets()
    for (let i = 0; i < 1000; i++) {
      bench.receive(induction ?? Buffer.alloc(0), { address: '127.0.0.1', port: i + 1 })
    }
    expect(bench.sent).toHaveLength(1000)
    expect(bench.log.list()).toEqual([])
    expect(bench.listener.deadline).toBe(Number.POSITIVE_INFINITY)
    for (const answer of bench.sent) expect(answer.length).toBeLessThanOrEqual(64)
    // The answer to another port, and one that is too old.
    caller.receive(bench.sent[5] ?? Buffer.alloc(0), bench.now)
    const [conclusion] = caller.takePackets()
    bench.receive(conclusion ?? Buffer.alloc(0), { address: '127.0.0.1', port: 7 })
    bench.now += 200_000
    bench.receive(conclusion ?? Buffer.alloc(0), { address: '127.0.0.1', port: 6 })
    expect(bench.sent).toHaveLength(1000)
    expect(bench.log.list()).toEqual([])
  })

  it('answers no datagram that says it comes from port 0, where nothing can be sent', () => {
    const bench = made()
    expect(call(bench, {}, { address: '127.0.0.1', port: 0 })).toBeUndefined()
    expect(bench.sent).toEqual([])
  })

  it('says why it rejects', () => {
    expect(call(made(), { streamId: 'BUSYX-12345' })).toEqual(rejected(1409))
    expect(call(made(), { streamId: 'no name' })).toEqual(rejected(1400))
    expect(call(made(), { streamId: '#!::r=ABCDE-12345' })).toEqual(rejected(1405))
    expect(call(made(), { streamId: `ABCDE-12345?${'x'.repeat(600)}` })).toEqual(rejected(1400))
    expect(call(made(), { flags: 0xbf | 0x40 })).toEqual(rejected(12))
    expect(call(made(), { version: 0x010200 })).toEqual(rejected(8))
    expect(call(made(), { stayAtVersion4: true })).toEqual(rejected(8))
    const keys = { passphrase: 'a passphrase', keyBytes: 16 } as const
    expect(call(made(), { keys })).toEqual(rejected(11))
    expect(call(made({ passphrase: 'a passphrase' }))).toEqual(rejected(11))
    expect(call(made({ passphrase: 'another one' }), { keys })).toEqual(rejected(10))
    expect(call(made({ limits: { maxSessions: 0 } }))).toEqual(rejected(3))
  })

  it.each([
    ['file congestion control', SrtExtensionType.congestion, buildSrtText('file'), 1013],
    ['a packet filter', SrtExtensionType.filter, buildSrtText('fec,cols:10'), 1014],
    ['a group', SrtExtensionType.group, Buffer.alloc(8), 1015],
  ])('refuses %s with the reason for it', (_what, type, content, code) => {
    const bench = made({
      cookies: { make: () => 7, check: () => ({ version: 4, cookieZero: true }) },
    })
    const capabilities = { version: 0x010501, flags: 0xbf, receiverLatency: 20, senderLatency: 20 }
    const body = buildSrtHandshake({
      ...{ version: 5, encryption: 0, extensionField: 5, initialSequence: 1, mtu: 9_000 },
      ...{ flowWindow: 8192, type: SrtHandshakeType.conclusion, socketId: 9, cookie: 7 },
      peerAddress: Buffer.alloc(16),
      extensions: [
        { type: SrtExtensionType.handshakeRequest, content: buildSrtCapabilities(capabilities) },
        { type: SrtExtensionType.streamId, content: buildSrtText('ABCDE-12345') },
        { type, content },
      ],
    })
    bench.receive(
      buildSrtControl({ type: SrtControl.handshake, timestamp: 0, destination: 0, body }),
    )
    const answers = bench.sent.map((bytes) => parseSrtHandshake(bytes.subarray(16)).type)
    expect(answers).toEqual([code])
    expect(bench.gate.publishers).toEqual([])
  })

  it('agrees on the smaller MTU', () => {
    const bench = made()
    call(bench, { mtu: 9_000 })
    call(bench, { mtu: 1_316, streamId: 'FGHIJ-12345' }, { address: '127.0.0.1', port: 7 })
    const handshakes = bench.sent.map((bytes) => parseSrtHandshake(bytes.subarray(16)))
    const agreed = handshakes.filter(({ type }) => type === SrtHandshakeType.conclusion)
    expect(agreed.map(({ mtu }) => mtu)).toEqual([1_500, 1_316])
  })

  it('stays cheap against a caller that never gives up', () => {
    const bench = made()
    for (let i = 0; i < 500; i++) {
      const remote = { address: '127.0.0.1', port: 1000 + i }
      expect(call(bench, { streamId: 'BUSYX-12345' }, remote)).toEqual(rejected(1409))
      bench.now += 1
    }
    expect(bench.gate.publishers).toHaveLength(1)
    const records = bench.log.list()
    expect(records).toHaveLength(1)
    const reject = records[0]?.events.find(({ type }) => type === 'srt-reject')
    expect(reject).toMatchObject({ code: 1409, calls: 500 })
    bench.now += 2_000
    call(bench, { streamId: 'BUSYX-12345' })
    expect(bench.gate.publishers).toHaveLength(2)
  })

  it('derives no more keys than it can afford', () => {
    const limits = { keyDerivationsPerSecond: 3, rejectedMs: 0 }
    const bench = made({ passphrase: 'a passphrase', limits })
    const keys = { passphrase: 'another one', keyBytes: 16 } as const
    const events = Array.from({ length: 6 }, () => call(bench, { keys }))
    expect(events.filter((event) => event?.type === 'rejected')).toHaveLength(3)
  })

  it('answers a conclusion that comes again with the same answer, and one session', () => {
    const bench = made()
    const caller = new SrtCaller({ streamId: 'ABCDE-12345', latencyMs: 200, now: bench.now })
    bench.receive(caller.takePackets()[0] ?? Buffer.alloc(0))
    caller.receive(bench.sent[0] ?? Buffer.alloc(0), bench.now)
    const [conclusion] = caller.takePackets()
    bench.decides = false
    for (let i = 0; i < 3; i++) bench.receive(conclusion ?? Buffer.alloc(0))
    expect(bench.held).toHaveLength(1)
    bench.held[0]?.()
    bench.receive(conclusion ?? Buffer.alloc(0))
    expect(bench.listener.sessions).toBe(1)
    expect(bench.sent).toHaveLength(3)
    expect(bench.sent[2]).toEqual(bench.sent[1])
  })

  it('gives a publication back that was decided too late', () => {
    const bench = made()
    bench.decides = false
    call(bench)
    bench.advanceTo(bench.now + 20_000)
    bench.held[0]?.()
    expect(bench.gate.publications[0]?.ends).toEqual(['disconnected'])
    expect(bench.listener.sessions).toBe(0)
    expect(bench.log.list()[0]?.closeReason).toBe('refused')
  })

  it('takes packets of a session from its own address only', () => {
    const bench = made()
    call(bench)
    const answer = bench.sent.at(-1) ?? Buffer.alloc(80)
    const shutdown = Buffer.alloc(20)
    shutdown.writeUInt32BE(0x80050000, 0)
    answer.copy(shutdown, 12, 40, 44)
    bench.receive(shutdown, { address: '127.0.0.1', port: 9 })
    expect(bench.listener.sessions).toBe(1)
    bench.receive(shutdown)
    bench.advanceTo(bench.now + 500)
    expect(bench.listener.sessions).toBe(0)
  })

  it('ends every session when it closes', () => {
    const bench = made()
    call(bench)
    bench.listener.close(bench.now)
    expect(bench.listener.sessions).toBe(0)
    expect(bench.gate.publications[0]?.ends).toEqual(['shutdown'])
    expect(parseSrtPacket(bench.sent.at(-1) ?? Buffer.alloc(0))).toMatchObject({ type: 5 })
  })

  it('survives datagrams of any content', () => {
    const bench = made({ passphrase: 'a passphrase' })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, handshake) => {
        if (handshake && bytes.length >= 16) {
          bytes.set([0x80, 0, 0, 0])
          bytes.fill(0, 12, 16)
        }
        expect(() => bench.receive(bytes)).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })
})

describe('stream ids', () => {
  it.each([
    ['ABCDE-12345', { form: 'plain', name: 'ABCDE-12345', publishes: true }],
    ['push:ABCDE-12345', { form: 'push', name: 'ABCDE-12345', publishes: true, record: false }],
    ['push:A?k=v&l=w:record', { name: 'A', record: true, params: { k: 'v', l: 'w' } }],
    ['push%3AABCDE-12345', { form: 'push', name: 'ABCDE-12345' }],
    ['play:ABCDE-12345', { publishes: false }],
    ['#!::m=publish,r=ABCDE-12345,u=me', { form: 'access-control', name: 'ABCDE-12345' }],
    ['#!::r=ABCDE-12345', { publishes: false }],
    ['%zz', { form: 'plain', name: '%zz' }],
  ])('%s', (text, expected) => {
    expect(parseSrtStreamId(text)).toMatchObject(expected)
  })

  it('never break their reader', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseSrtStreamId(text).name === 'string'))
  })
})

describe('drops of the kernel', () => {
  it('are read from its table', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode ref pointer drops',
      ' 10: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 1 2 0000 17',
      ' 11: 0100007F:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 1 2 0000 0',
    ].join('\n')
    expect(dropsIn(table, 8080)).toBe(17)
    expect(dropsIn(table, 8081)).toBe(0)
    expect(dropsIn(table, 8082)).toBeNull()
  })
})
