import { describe, expect, it } from 'vitest'
import { readSrtCapture } from '../../reference-impl/ingest/srt/testing/capture.ts'
import { ListenerBench } from '../../reference-impl/ingest/srt/testing/listener-bench.ts'
import { SrtCaller } from '../../reference-impl/wire/srt-caller.ts'
import { loadClip } from './clip.ts'
import { loadProfile } from './load-profile.ts'
import { srtCallOf } from './srt-connection.ts'
import { SrtMedia } from './srt-media.ts'
import { handshakeFields, readSrtSide, type SrtSide } from './testing/srt-side.ts'
import { type TsFacts, tsFacts } from './testing/ts-facts.ts'
import { Timeline } from './timeline.ts'

const PASSPHRASE = '0123456789abcdef'
const SECONDS = 5

const CASES = [
  { id: 'obs-29', capture: 'obs-29.0.2-srt' },
  { id: 'ffmpeg-5.1', capture: 'ffmpeg-5.1-srt-plain' },
  { id: 'gstreamer', capture: 'gstreamer-1.22-srt' },
] as const

/** What the simulated encoder sends in a call, to a listener that agrees to everything. */
function simulate(id: string, passphrase?: string): SrtSide {
  const { srt, media } = loadProfile(id)
  if (!srt) throw new Error('a profile without SRT')
  // The captured users typed the bare name where nanoStream Cloud documents another form.
  const call = srtCallOf({ ...srt, streamId: 'plain' }, 'ABCDE-XYZ12', passphrase ?? null)
  const bench = new ListenerBench({ passphrase })
  const caller = new SrtCaller({ ...call, now: bench.now })
  const sent: Buffer[] = []
  bench.onSend = (packet) => caller.receive(packet, bench.now)
  const flush = () => {
    for (let packets = caller.takePackets(); packets.length > 0; packets = caller.takePackets()) {
      sent.push(...packets)
      for (const packet of packets) bench.receive(packet)
    }
  }
  flush()
  const video = loadClip(media.video ?? '')
  const audio = loadClip(media.audio ?? '')
  const muxed = new SrtMedia(srt, video, audio)
  const timeline = new Timeline({
    ...{ video, audio, misbehaviours: [], firstVideoFrame: 0, firstAudioFrame: 0 },
    videoStartMs: media.videoStartMs,
  })
  const begun = bench.now
  for (let unit = timeline.take(); unit && unit.sendMs < SECONDS * 1000; unit = timeline.take()) {
    bench.advanceTo(begun + unit.sendMs)
    for (const payload of muxed.frame(unit.track, unit.dtsMs, unit.key, unit.body)) {
      caller.send(payload, bench.now)
    }
    caller.tick(bench.now)
    flush()
  }
  return readSrtSide(sent)
}

function captured(name: string): SrtSide {
  return readSrtSide(readSrtCapture(name).map(({ bytes }) => bytes))
}

function factsOf({ data }: SrtSide): TsFacts {
  return tsFacts(Buffer.concat(data.map(({ payload }) => payload)))
}

describe.each(CASES)('simulated $id over SRT', ({ id, capture }) => {
  const real = captured(capture)
  const simulated = simulate(id)

  it('calls with the same handshakes, field by field', () => {
    expect(real.handshakes).toHaveLength(2)
    expect(simulated.handshakes.map(handshakeFields)).toEqual(real.handshakes.map(handshakeFields))
  })

  it('answers ACKs, and sends nothing else beside its data', () => {
    expect(simulated.controls).toEqual(real.controls)
  })

  it('cuts its data in the same way, and flags it alike', () => {
    const form = ({ data }: SrtSide) => ({
      flags: [
        ...new Set(data.map(({ position, inOrder, key }) => `${position} ${inOrder} ${key}`)),
      ],
      largest: Math.max(...data.map(({ payload }) => payload.length)),
      // GStreamer sends its first tables by themselves.
      onlyFull: data.slice(2).every(({ payload }) => payload.length === 1_316),
      wholePackets: data.every(({ payload }) => payload.length % 188 === 0),
    })
    expect(form(simulated)).toEqual(form(real))
  })

  it('numbers from a random start, one packet after the other', () => {
    for (const { data, handshakes } of [real, simulated]) {
      const first = handshakes[0]?.initialSequence ?? -1
      const expected = data.map((_, i) => (first + i) % 2 ** 31)
      expect(data.map(({ sequence }) => sequence)).toEqual(expected)
    }
  })

  it('lays its transport stream out in the same way', () => {
    const [is, should] = [factsOf(simulated), factsOf(real)]
    const exact = ({ pmtPid, pcrPid, streams, sdt, videoSaysItsLength, pcrBehindMs }: TsFacts) => ({
      ...{ pmtPid, pcrPid, streams, sdt, videoSaysItsLength, pcrBehindMs },
    })
    expect(exact(is)).toEqual(exact(should))
    expect(is.pcrMs).toBeGreaterThanOrEqual(should.pcrMs - 1)
    expect(is.pcrMs).toBeLessThanOrEqual(should.pcrMs + 1)
    expect(is.audioFramesPerPes).toBeGreaterThanOrEqual(should.audioFramesPerPes - 1)
    expect(is.audioFramesPerPes).toBeLessThanOrEqual(should.audioFramesPerPes + 1)
    for (const table of ['patMs', 'pmtMs', 'sdtMs'] as const) {
      expect(Math.abs(is[table] - should[table]), table).toBeLessThan(20)
    }
    for (const begin of ['firstVideoMs', 'firstAudioMs'] as const) {
      expect(Math.abs(is[begin] - should[begin]), begin).toBeLessThan(12)
    }
  })
})

it('simulated ffmpeg encrypts as the capture does', () => {
  const real = captured('ffmpeg-5.1-srt-aes128')
  const simulated = simulate('ffmpeg-5.1', PASSPHRASE)
  expect(simulated.handshakes.map(handshakeFields)).toEqual(real.handshakes.map(handshakeFields))
  const keys = ({ data }: SrtSide) => [...new Set(data.map(({ key }) => key))]
  expect(keys(simulated)).toEqual(keys(real))
})
