import { describe, expect, it } from 'vitest'
import { SessionBench } from '../../ingest/rtmp/testing/session-bench.ts'
import { Hub } from '../../live/hub.ts'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { MemoryDirectory } from '../../live/testing/memory-directory.ts'
import { defaultSeams } from '../../seams.ts'
import { parseAudioTag, parseVideoTag } from '../../wire/flv-parse.ts'
import { parseAmfMessage, type RtmpMessage, RtmpType } from '../../wire/rtmp-messages.ts'
import { MAX_QUEUED_BYTES, MEDIA_WAIT_MS, STALL_MS } from './limits.ts'
import { RtmpPlayout } from './playout.ts'

const NAME = 'ABCDE-12345'

function stage() {
  const seams = defaultSeams()
  const hub = new Hub(seams.live, { graceMs: 60_000 })
  const directory = new MemoryDirectory()
  const playout = new RtmpPlayout({ hub, directory, seams: seams.h5live })
  const play = (name = NAME, app = 'play') => {
    const bench = new SessionBench({ playout }).connect(app)
    bench.command('createStream', 2, [null])
    bench.command('play', 3, [null, name, -2000], 1)
    return bench
  }
  return { hub, directory, playout, play }
}

function liveStage() {
  const all = stage()
  all.directory.add(NAME, 'live')
  const stream = all.hub.publish(NAME)
  return { ...all, stream }
}

function mediaOf(bench: SessionBench): RtmpMessage[] {
  return bench.answers.filter(({ type }) => type === RtmpType.audio || type === RtmpType.video)
}

function videoOf(bench: SessionBench) {
  return mediaOf(bench)
    .filter(({ type }) => type === RtmpType.video)
    .map(({ payload, timestamp }) => ({ ...parseVideoTag(payload), timestamp }))
}

describe('RTMP playout', () => {
  it('begins with status, metadata and headers, then the cached group, in order of time', () => {
    const { play, stream } = liveStage()
    feedFrames(stream, 45)
    const bench = play()
    expect(bench.codes.slice(1)).toEqual(['NetStream.Play.Reset', 'NetStream.Play.Start'])
    const data = bench.answers.find(({ type }) => type === RtmpType.data)!
    expect(parseAmfMessage(data.type, data.payload)).toMatchObject([
      'onMetaData',
      { width: 1280, height: 720, videocodecid: 7, audiocodecid: 10, audiosamplerate: 48_000 },
    ])
    const [header, first, ...rest] = videoOf(bench)
    expect(header).toMatchObject({ packet: 'sequence-header' })
    expect(first).toMatchObject({ packet: 'frame', key: true, timestamp: 1000 })
    expect(rest).toHaveLength(14)
    const audio = mediaOf(bench).filter(({ type }) => type === RtmpType.audio)
    expect(parseAudioTag(audio[0]!.payload)).toMatchObject({ packet: 'sequence-header' })
    expect(mediaOf(bench).every(({ streamId }) => streamId === 1)).toBe(true)

    feedFrames(stream, 5, { from: 45 })
    const times = videoOf(bench).map(({ timestamp }) => timestamp)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times).toHaveLength(21)
  })

  it('carries the frames as they were', () => {
    const { play, stream } = liveStage()
    feedFrames(stream, 1)
    const bench = play()
    feedFrames(stream, 3, { from: 1 })
    const frames = videoOf(bench).filter(({ packet }) => packet === 'frame')
    expect(frames.map(({ data }) => [data.length, data[0]])).toEqual([
      [100, 0],
      [100, 1],
      [100, 2],
      [100, 3],
    ])
  })

  it.each([
    ['unknown', undefined, 'There is no stream of this name.'],
    ['deleted', 'deleted', 'There is no stream of this name.'],
    ['locked', 'locked', 'The stream is locked.'],
    ['not live', 'ended', 'The stream is not live.'],
  ] as const)('tells that a stream is %s, and closes', (_what, state, reason) => {
    const { play, directory } = stage()
    if (state !== undefined) directory.add(NAME, state)
    const bench = play()
    expect(bench.codes.at(-1)).toBe('NetStream.Play.StreamNotFound')
    expect(bench.closes).toEqual(['refused'])
    expect(Buffer.from(bench.answers.at(-1)!.payload).includes(reason)).toBe(true)
  })

  it.each(['../../etc/passwd', '', 'x'.repeat(200), 'ABCDE-1234\0'])(
    'refuses the name %j',
    (name) => {
      const bench = stage().play(name)
      expect(bench.codes.at(-1)).toBe('NetStream.Play.StreamNotFound')
    },
  )

  it('plays nothing at the address of the ingest, and nothing twice', () => {
    const { play, stream } = liveStage()
    feedFrames(stream, 3)
    expect(play(NAME, 'live').codes.at(-1)).toBe('NetStream.Play.Failed')
    const bench = play()
    const before = mediaOf(bench).length
    bench.command('play', 4, [null, NAME, -2000], 1)
    expect(bench.codes.at(-1)).toBe('NetStream.Play.Failed')
    expect(mediaOf(bench)).toHaveLength(before)
  })

  it('tells the end, and counts its players', () => {
    const { play, stream, hub, playout } = liveStage()
    feedFrames(stream, 3)
    const bench = play('ABCDE-12345?token=1')
    expect(playout.players).toBe(1)
    hub.end(NAME, 'unpublished')
    expect(bench.codes.slice(-2)).toEqual(['NetStream.Play.UnpublishNotify', 'NetStream.Play.Stop'])
    expect(bench.closes).toEqual(['stream-ended'])
    expect(playout.players).toBe(0)
  })

  it('goes on when the encoder comes back, with new headers where they changed', () => {
    const { play, stream, hub } = liveStage()
    feedFrames(stream, 3)
    const bench = play()
    hub.suspend(NAME)
    hub.publish(NAME)
    feedFrames(stream, 3, { from: 1000, gop: 1 })
    expect(bench.closes).toEqual([])
    const times = videoOf(bench).map(({ timestamp }) => timestamp)
    expect(times.at(-1)).toBeLessThan(1000)
  })

  it('stops when the player closes its stream, and lets it play again', () => {
    const { play, stream, playout } = liveStage()
    feedFrames(stream, 3)
    const bench = play()
    bench.command('deleteStream', 4, [null, 1])
    expect(playout.players).toBe(0)
    const before = mediaOf(bench).length
    feedFrames(stream, 3, { from: 3 })
    expect(mediaOf(bench)).toHaveLength(before)
    bench.command('createStream', 5, [null])
    bench.command('play', 6, [null, NAME], 1)
    expect(playout.players).toBe(1)
    bench.session.disconnected('eof', bench.now)
    expect(playout.players).toBe(0)
  })

  it('moves a slow player on to a key frame, and closes one that takes nothing', () => {
    const { play, stream } = liveStage()
    feedFrames(stream, 3)
    const bench = play()
    bench.queued = MAX_QUEUED_BYTES + 1_000_000
    const before = videoOf(bench).length
    feedFrames(stream, 40, { from: 3 })
    expect(videoOf(bench)).toHaveLength(before)
    bench.queued = 0
    feedFrames(stream, 30, { from: 43 })
    expect(videoOf(bench)[before]).toMatchObject({ key: true })

    bench.queued = 1000
    bench.taken = bench.bytesSent
    bench.pass(STALL_MS + 3000)
    expect(bench.closes).toEqual(['slow-reader'])
  })

  it('gives up on a stream without media', () => {
    const bench = liveStage().play()
    bench.pass(MEDIA_WAIT_MS + 3000)
    expect(bench.codes.at(-1)).toBe('NetStream.Play.Failed')
    expect(bench.closes).toEqual(['stream-ended'])
  })

  it('is no way in: what a player sends as media reaches nobody', () => {
    const { play, stream } = liveStage()
    feedFrames(stream, 3)
    const bench = play()
    const other = play()
    const before = mediaOf(other).length
    bench.media(9, 0, Buffer.from('2701000000', 'hex'))
    expect(mediaOf(other)).toHaveLength(before)
    expect(bench.record.events.some(({ type }) => type === 'stray-media')).toBe(true)
  })
})
