import { beforeAll, describe, expect, test } from 'vitest'
import { stampedAccessUnit } from '../../viewers/test-fragments.ts'
import type { ViewerEvent } from '../../viewers/viewer-record.ts'
import { verdictOf } from '../rule.ts'
import { codecs } from './codecs.ts'
import { gatherH5LiveEvidence, type SentStream } from './evidence.ts'
import { observedH5LiveRules } from './observed-rules.ts'
import { goodRecording, messagesOfRecording, record, type TestRecording } from './test-recording.ts'

let good: TestRecording

beforeAll(async () => {
  good = await goodRecording()
})

const copy = (): TestRecording => structuredCloneOfBuffers(good)

/** structuredClone turns Buffers into Uint8Arrays; the parts that tests change are rebuilt here. */
function structuredCloneOfBuffers(recording: TestRecording): TestRecording {
  return {
    ...recording,
    init: Buffer.from(recording.init),
    fragments: recording.fragments.map(({ sequence, tracks }) => ({
      sequence,
      tracks: tracks.map((track) => ({ ...track, samples: [...track.samples] })),
    })),
  }
}

/** Outcomes other than pass, by rule id without its family. */
async function outcomes(
  messages: readonly (string | Buffer)[],
  sent: SentStream | undefined = good.sent,
): Promise<Record<string, string>> {
  const evidence = await gatherH5LiveEvidence(record(messages), sent)
  const entries = observedH5LiveRules.map((rule) => {
    const { outcome } = verdictOf(rule, rule.check(evidence))
    return [rule.id.replace('h5live.', ''), outcome]
  })
  return Object.fromEntries(entries.filter(([, outcome]) => outcome !== 'pass'))
}

const changed = async (change: (recording: TestRecording) => void) => {
  const recording = copy()
  change(recording)
  return outcomes(messagesOfRecording(recording), recording.sent)
}

test('a good recording passes every rule', async () => {
  expect(await changed(() => {})).toEqual({})
})

test('no media is no verdict', async () => {
  const names = observedH5LiveRules.map((rule) => rule.id.replace('h5live.', ''))
  expect(await outcomes([good.serverInfo])).toEqual(
    Object.fromEntries(names.map((name) => [name, 'skipped'])),
  )
})

describe('each fault is noticed by its rule and by no other', () => {
  test('no stream info', async () => {
    const messages = messagesOfRecording(good).filter((message) => message !== good.streamInfo)
    expect(await outcomes(messages)).toEqual({ hello: 'fail' })
  })

  test('stream info after the init segment', async () => {
    const [server, stream, init, ...rest] = messagesOfRecording(good)
    expect(await outcomes([server!, init!, stream!, ...rest])).toEqual({ hello: 'fail' })
  })

  test('text that is no JSON counts for nothing and breaks nothing', async () => {
    expect(await outcomes(['{nonsense', ...messagesOfRecording(good)])).toEqual({})
  })

  test('media before the init segment', async () => {
    const [server, stream, init, first, ...rest] = messagesOfRecording(good)
    expect(await outcomes([server!, stream!, first!, init!, ...rest])).toMatchObject({
      'init-first': 'fail',
    })
  })

  test('an init segment that foreign parsers cannot read alike', async () => {
    const verdicts = await changed(({ init }) => {
      init.write('vide', init.indexOf('soun'), 'latin1')
    })
    expect(verdicts['init-first'] ?? verdicts['codecs']).toBe('fail')
  })

  test('a start on a P frame', async () => {
    expect(await changed(({ fragments }) => fragments.shift())).toEqual({ 'first-key': 'fail' })
  })

  test('a P frame that is flagged as a key frame', async () => {
    const verdicts = await changed(({ fragments }) => {
      fragments.shift()
      const [track] = fragments[0]!.tracks
      const [sample] = track!.samples
      fragments[0]!.tracks[0] = { ...track!, samples: [{ ...sample!, key: true }] }
    })
    expect(verdicts).toEqual({ 'first-key': 'fail' })
  })

  test('a second init segment that is followed by a P frame', async () => {
    const messages = messagesOfRecording(good)
    messages.splice(40, 0, good.init)
    expect(await outcomes(messages)).toEqual({ 'first-key': 'fail' })
  })

  test.each([2, 0, -5])('sequence numbers that go on by %d', async (step) => {
    const verdicts = await changed(({ fragments }) => {
      for (const fragment of fragments.slice(40)) fragment.sequence += step - 1
    })
    expect(verdicts).toEqual({ sequence: 'fail' })
  })

  test.each([2, -2, 90_000])('decode times that jump by %d ticks', async (ticks) => {
    const verdicts = await changed(({ fragments }) => {
      for (const { tracks } of fragments.slice(40)) {
        tracks[0] = { ...tracks[0]!, baseDecodeTime: tracks[0]!.baseDecodeTime + ticks }
      }
    })
    expect(verdicts).toEqual({ timeline: 'fail' })
  })

  test('decode times that are one tick off are rounding', async () => {
    const verdicts = await changed(({ fragments }) => {
      const { tracks } = fragments[40]!
      tracks[0] = { ...tracks[0]!, baseDecodeTime: tracks[0]!.baseDecodeTime + 1 }
    })
    expect(verdicts).toEqual({})
  })

  test.each([3_000_000, -3_000_000])('a composition offset of %d ticks', async (ticks) => {
    const verdicts = await changed(({ fragments }) => {
      const track = fragments[40]!.tracks[0]!
      const samples = [{ ...track.samples[0]!, compositionOffset: ticks }]
      fragments[40]!.tracks[0] = { ...track, samples }
    })
    expect(verdicts).toEqual({ timeline: 'fail' })
  })

  test('two frames at one presentation time', async () => {
    const verdicts = await changed(({ fragments }) => {
      const track = fragments[40]!.tracks[0]!
      const sample = track.samples[0]!
      const samples = [{ ...sample, compositionOffset: sample.duration }]
      fragments[40]!.tracks[0] = { ...track, samples }
    })
    expect(verdicts).toEqual({ timeline: 'fail' })
  })

  test('two video frames in one fragment', async () => {
    const verdicts = await changed(({ fragments }) => {
      const [second] = fragments.splice(41, 1)
      const tracks = fragments[40]!.tracks
      for (const [index, track] of tracks.entries()) {
        const more = second!.tracks.find(({ id }) => id === track.id)?.samples ?? []
        tracks[index] = { ...track, samples: [...track.samples, ...more] }
      }
      for (const fragment of fragments.slice(41)) fragment.sequence--
    })
    expect(verdicts).toEqual({ 'per-frame': 'warn' })
  })

  test('four audio frames in one fragment', async () => {
    const verdicts = await changed(({ fragments }) => {
      const audio = fragments.slice(40, 43).flatMap(({ tracks }) => tracks.splice(1))
      const samples = audio.flatMap((track) => track.samples)
      fragments[42]!.tracks.push({ ...audio[0]!, samples })
    })
    expect(verdicts).toEqual({ 'per-frame': 'warn' })
  })

  test('another avcC than was sent', async () => {
    const verdicts = await changed((recording) => {
      const config = Buffer.from(recording.sent.videoConfig!)
      config[config.length - 1]! ^= 1
      recording.sent = { ...recording.sent, videoConfig: config }
    })
    expect(verdicts).toEqual({ codecs: 'fail' })
  })

  test('an avcC whose head is not that of its SPS', async () => {
    const verdicts = await changed(({ init }) => {
      init[init.indexOf('avcC') + 5]! ^= 0x20
    })
    expect(verdicts).toEqual({ codecs: 'fail' })
  })

  test('an audio track that nobody sent', async () => {
    const verdicts = await changed((recording) => {
      recording.sent = { ...recording.sent, audioConfig: null }
    })
    expect(verdicts).toEqual({ codecs: 'fail' })
  })

  test('a video track that never comes; one that begins after the sound is none', async () => {
    const evidence = await gatherH5LiveEvidence(record(messagesOfRecording(good)), good.sent)
    const { events } = evidence.viewer
    const whole = events.find((event) => event.type === 'init')!
    const tracks = whole.init.tracks.filter(({ kind }) => kind === 'audio')
    const sound: ViewerEvent = { ...whole, at: events[0]!.at - 1, init: { ...whole.init, tracks } }
    const resultOf = (seen: ViewerEvent[]) =>
      codecs.check({ ...evidence, viewer: { ...evidence.viewer, events: seen } }).result
    expect(resultOf([sound, ...events])).toBe('holds')
    expect(resultOf([sound])).toBe('broken')
  })

  test('a codecs string that is wrong', async () => {
    const verdicts = await changed((recording) => {
      recording.streamInfo = recording.streamInfo.replace('avc1.', 'avc1.6')
    })
    expect(verdicts).toEqual({ codecs: 'fail' })
  })

  test.each(['another stream', 'no stream'])('a frame of %s', async (whose) => {
    const verdicts = await changed(({ fragments }) => {
      const track = fragments[40]!.tracks[0]!
      const stamped = stampedAccessUnit({
        streamTag: 'deadbeef',
        frame: 40,
        timeUs: 1,
        key: false,
      })
      const data = whose === 'no stream' ? Buffer.from('000000024188', 'hex') : stamped
      fragments[40]!.tracks[0] = { ...track, samples: [{ ...track.samples[0]!, data }] }
    })
    expect(verdicts).toEqual({ isolation: 'fail' })
  })
})

test('a skip that was told breaks neither sequence nor timeline; the same one untold breaks both', async () => {
  const recording = copy()
  recording.fragments.splice(20, 40)
  const messages = messagesOfRecording(recording)
  expect(await outcomes(messages)).toEqual({ sequence: 'fail', timeline: 'fail' })
  const data = { status: 'discontinuity', reason: 'skipped', sequence: 560 }
  messages.splice(23, 0, JSON.stringify({ type: 'status', data }))
  expect(await outcomes(messages)).toEqual({})
})

test('findings say what was expected and what was seen', async () => {
  const recording = copy()
  for (const fragment of recording.fragments.slice(40)) fragment.sequence++
  const evidence = await gatherH5LiveEvidence(record(messagesOfRecording(recording)), good.sent)
  const rule = observedH5LiveRules.find(({ id }) => id === 'h5live.sequence')!
  expect(rule.check(evidence)).toMatchObject({
    result: 'broken',
    actual: '1 wrong steps in 90 fragments',
    evidence: [{ note: '539, then 541' }],
  })
})
