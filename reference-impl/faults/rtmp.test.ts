import { describe, expect, it, vi } from 'vitest'
import { DEFAULT_RTMP_LIMITS } from '../ingest/rtmp/limits.ts'
import type { RtmpSeams } from '../ingest/rtmp/seams.ts'
import { RecordingGate } from '../ingest/rtmp/testing/recording-gate.ts'
import { SessionBench } from '../ingest/rtmp/testing/session-bench.ts'
import type { PublishVerdict } from '../live/seams.ts'
import { defaultSeams, type Seams } from '../seams.ts'
import { buildAacSequenceHeader } from '../wire/flv-build.ts'
import { RtmpType, UserControl, userControlMessage } from '../wire/rtmp-messages.ts'
import { rtmpFaults } from './rtmp.ts'

function seamsUnder(id: string): Seams {
  const seams = defaultSeams()
  const fault = rtmpFaults.find((candidate) => candidate.id === id)
  if (fault === undefined) throw new Error(`no fault ${id}`)
  fault.install(seams)
  return seams
}

function benchUnder(id: string, gate = new RecordingGate()): SessionBench {
  const seams: RtmpSeams = seamsUnder(id).rtmp
  return new SessionBench({ seams, gate, limits: seams.limits(DEFAULT_RTMP_LIMITS) })
}

const REFUSED_AS_DUPLICATE: PublishVerdict = { action: 'refuse', refusal: 'duplicate' }

describe('RTMP faults', () => {
  it('name the rules that notice them, each once', () => {
    const rules = rtmpFaults.flatMap((fault) => fault.breaks)
    expect(rules.filter((rule) => rule.startsWith('rtmp.server.')).length).toBe(12)
    expect(new Set(rules).size).toBe(rules.length)
  })

  it('no-result: connect stays without an answer', () => {
    expect(benchUnder('no-result').connect().codes).toEqual([])
  })

  it('start-before-auth: Publish.Start comes before the refusal', () => {
    const gate = new RecordingGate({ 'ABCDE-12345': 'unknown' })
    expect(benchUnder('start-before-auth', gate).connect().publish().codes.slice(1)).toEqual([
      'NetStream.Publish.Start',
      'NetStream.Publish.BadName',
    ])
  })

  it('accept-any-key: unknown streams may be published, busy ones not', async () => {
    const { rtmp } = seamsUnder('accept-any-key')
    const gate = rtmp.gate(new RecordingGate({ 'ABCDE-12345': 'unknown', 'BUSYX-12345': 'busy' }))
    const publisher = { protocol: 'rtmp', session: 's', remote: 'r', params: {} } as const
    expect(await gate.request('ABCDE-12345', publisher)).toMatchObject({ ok: true })
    expect(await gate.request('BUSYX-12345', publisher)).toMatchObject({ refusal: 'busy' })
  })

  it('hijack and refuse-forever: the opposite verdicts on a second publisher', () => {
    expect(seamsUnder('hijack').live.verdict(REFUSED_AS_DUPLICATE)).toEqual({ action: 'take-over' })
    expect(seamsUnder('refuse-forever').live.verdict({ action: 'take-over' })).toEqual(
      REFUSED_AS_DUPLICATE,
    )
    expect(seamsUnder('hijack').live.verdict({ action: 'refuse', refusal: 'locked' })).toEqual({
      action: 'refuse',
      refusal: 'locked',
    })
  })

  it('viewer-injects: media of a session without a publication reaches a live stream', () => {
    const { rtmp } = seamsUnder('viewer-injects')
    const live = new SessionBench({ seams: rtmp }).connect().publish()
    const header = buildAacSequenceHeader(Buffer.from('1190', 'hex'))
    live.media(8, 0, header)
    const viewer = new SessionBench({ seams: rtmp }).connect()
    viewer.media(8, 0, header)
    expect(live.gate.publications[0]?.tracks).toHaveLength(2)
  })

  it('ext-timestamp-bug: a time above 0xFFFFFF comes out wrong', () => {
    expect(seamsUnder('ext-timestamp-bug').rtmp.extendedTimestamp(0x1234567, 0)).toBe(0x234567)
  })

  it('crash-on-amf: broken AMF throws where nobody catches', () => {
    vi.useFakeTimers()
    const bench = benchUnder('crash-on-amf').shakeHands()
    bench.send({ type: RtmpType.command, streamId: 0, timestamp: 0, payload: Buffer.of(4) })
    expect(() => vi.runAllTimers()).toThrow('crash-on-amf')
    vi.useRealTimers()
  })

  it('unbounded-chunks: messages of 16 MB are begun', () => {
    const bench = benchUnder('unbounded-chunks').connect()
    bench.receive(Buffer.from('070000000ffffff0901000000'.padEnd(26, '0'), 'hex'))
    expect(bench.closes).toEqual([])
    expect(bench.limits.amf.maxDepth).toBe(Number.POSITIVE_INFINITY)
  })

  it('no-deadline: nothing ever times out', () => {
    const bench = benchUnder('no-deadline')
    bench.pass(1e9)
    expect(bench.session.deadline).toBe(Number.POSITIVE_INFINITY)
    expect(bench.closes).toEqual([])
  })

  it('no-server-ack: pings stay without an answer', () => {
    const bench = benchUnder('no-server-ack').connect()
    const before = bench.answers.length
    bench.send(userControlMessage(UserControl.pingRequest, 1), 2)
    expect(bench.answers).toHaveLength(before)
  })

  it('s2-zero: S2 echoes nothing', () => {
    expect(seamsUnder('s2-zero').rtmp.s2(Buffer.from('abc')).equals(Buffer.alloc(3))).toBe(true)
  })
})
