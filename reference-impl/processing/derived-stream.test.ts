import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Frame, Track } from '../live/frame.ts'
import { Hub } from '../live/hub.ts'
import type { LiveStream } from '../live/live-stream.ts'
import { mediaOf } from '../live/packet.ts'
import { readClips } from '../live/testing/clip.ts'
import { findProgram } from '../live/testing/find-program.ts'
import { LiveFeed } from '../live/testing/live-feed.ts'
import { TestSubscriber } from '../live/testing/test-subscriber.ts'
import { defaultSeams } from '../seams.ts'
import { VIDEO_TRACK_ID } from '../wire/fmp4-init.ts'
import { samplesOf } from '../wire/fmp4-samples.ts'
import { DerivedStream } from './derived-stream.ts'
import type { Work } from './ffmpeg-args.ts'
import { parseProfile } from './profile.ts'

const ffmpeg = findProgram('FFMPEG_PATH', ['ffmpeg']) ?? ''
const usable = ffmpeg !== '' && spawnSync(ffmpeg, ['-version']).status === 0
const SMALL = parseProfile('vtrans2-160x90x60x15')!

/** What came out, and a wait for more of it. */
class Collector {
  readonly tracks: Track[] = []
  readonly frames: Frame[] = []
  /** Of which process each frame is. */
  readonly makers = new Map<Frame, number | undefined>()
  derived: DerivedStream | undefined
  ended: string | undefined
  #check = () => {}

  track(track: Track): void {
    this.tracks.push(track)
  }

  frame(frame: Frame): void {
    this.frames.push(frame)
    this.makers.set(frame, this.derived?.pid)
    this.#check()
  }

  metadata(): void {}

  end(reason: string, words: string): void {
    this.ended = `${reason} ${words}`.trim()
    this.#check()
  }

  of(track: Frame['track']): Frame[] {
    return this.frames.filter((frame) => frame.track === track)
  }

  until(met: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => met() && resolve()
      this.#check()
    })
  }
}

let hub: Hub
let stream: LiveStream
let source: TestSubscriber
let feed: LiveFeed

function publish(audio: 'aac-48k' | 'opus-48k'): void {
  hub = new Hub(defaultSeams().live, { graceMs: 0 })
  stream = hub.publish('SRC')
  source = new TestSubscriber()
  stream.subscribe(source)
  const publication = {
    streamName: 'SRC',
    track: (track: Track) => stream.track(track),
    frame: (frame: Frame) => stream.frame(frame),
    metadata: () => {},
    end: () => {},
    onRevoked: () => {},
  }
  feed = new LiveFeed(publication, readClips('360p30', audio))
}

function derive(work: Work, program = ffmpeg): { derived: DerivedStream; out: Collector } {
  const out = new Collector()
  const derived = new DerivedStream({ source: stream, work, ffmpeg: program, target: out })
  out.derived = derived
  derived.start()
  return { derived, out }
}

function sourceSamples() {
  return source.packets.flatMap((packet) =>
    packet.kind === 'fragment' ? samplesOf(mediaOf(packet)) : [],
  )
}

describe.runIf(usable)('A stream that is made out of another', { timeout: 30_000 }, () => {
  beforeEach(() => publish('aac-48k'))
  afterEach(() => {
    feed.stop()
    hub.close()
  })

  it('has key frames and times of its source, at most the frames it should, and its sound', async () => {
    const { derived, out } = derive({ kind: 'video', profile: SMALL })
    await out.until(() => out.of('video').filter(({ key }) => key).length >= 3)
    derived.stop()
    const video = sourceSamples().filter(({ trackId }) => trackId === VIDEO_TRACK_ID)
    const times = new Map(video.map((one) => [one.decodeTime + one.compositionOffset, one.key]))
    const made = out.of('video')
    for (const { pts, key } of made) expect(times.get(pts)).toBe(key)
    const seconds = (made.at(-1)!.pts - made[0]!.pts) / 90_000
    expect((made.length - 1) / seconds).toBeCloseTo(15, 0)
    expect(out.tracks.find(({ kind }) => kind === 'video')).toMatchObject({
      width: 160,
      height: 90,
    })
    const sound = new Set(sourceSamples().map(({ data }) => data.toString('latin1')))
    const copied = out.of('audio')
    expect(copied.length).toBeGreaterThan(100)
    for (const { data } of copied)
      expect(sound.has(Buffer.from(data).toString('latin1'))).toBe(true)
    expect(out.ended).toBe('stopped')
  })

  it('ends with its source, and its process with it', async () => {
    const { derived, out } = derive({ kind: 'video', profile: SMALL })
    await out.until(() => out.of('video').length >= 2)
    const pid = derived.pid!
    hub.end('SRC', 'unpublished')
    expect(out.ended).toBe('unpublished')
    expect(derived.pid).toBeUndefined()
    await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false)
  })

  it('is made again when its process dies, and given up when it keeps dying', async () => {
    const { derived, out } = derive({ kind: 'video', profile: SMALL })
    await out.until(() => out.of('video').length >= 2)
    const killed = derived.pid!
    process.kill(killed, 'SIGKILL')
    // What it had written is still read.
    const ofNext = () => out.of('video').filter((frame) => out.makers.get(frame) !== killed)
    await out.until(() => ofNext().length > 2)
    derived.stop()
    for (const track of ['video', 'audio'] as const) {
      const times = out.of(track).map(({ dts }) => dts)
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
    }
    expect(ofNext()[0]!.key).toBe(true)

    const { out: never } = derive({ kind: 'video', profile: SMALL }, '/bin/false')
    await never.until(() => never.ended !== undefined)
    expect(never.ended).toMatch(/^failed/)
  })

  it('is given up where there is no such program', async () => {
    const { out } = derive({ kind: 'video', profile: SMALL }, '/nowhere/ffmpeg')
    await out.until(() => out.ended !== undefined)
    expect(out.ended).toMatch(/^failed .*ENOENT/)
  })
})

describe.runIf(usable)('A stream with Opus', { timeout: 30_000 }, () => {
  beforeEach(() => publish('opus-48k'))
  afterEach(() => {
    feed.stop()
    hub.close()
  })

  it('gets AAC at the same times, and keeps its pictures', async () => {
    const { derived, out } = derive({ kind: 'aac', kbps: 64 })
    await out.until(() => out.of('audio').length >= 100)
    derived.stop()
    expect(out.tracks.find(({ kind }) => kind === 'audio')).toMatchObject({ codec: 'mp4a' })
    const pictures = new Set(sourceSamples().map(({ data }) => data.toString('latin1')))
    const video = out.of('video')
    expect(video.length).toBeGreaterThan(30)
    for (const { data } of video)
      expect(pictures.has(Buffer.from(data).toString('latin1'))).toBe(true)
    const [first, last] = [out.of('audio')[0]!, out.of('audio').at(-1)!]
    expect(last.dts - first.dts).toBeCloseTo((out.of('audio').length - 1) * 1920, -2)
    expect(Math.abs(first.dts - video[0]!.dts)).toBeLessThan(9_000)
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
