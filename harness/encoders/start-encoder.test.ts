import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findStamp, streamTagOf } from '../measure/stamp.ts'
import { loadProfile } from './load-profile.ts'
import { startEncoder } from './start-encoder.ts'
import { startTestIngest, type TestIngest } from './testing/accept-all.ts'

let ingest: TestIngest
const streamName = 'ABCDE-XYZ12'

beforeEach(async () => {
  ingest = await startTestIngest()
})
afterEach(() => ingest.close())

const to = () => ({ url: ingest.url, streamName })

/** Resolves once the ingest has this many video frames of its newest publication. */
async function videoFrames(count: number) {
  for (;;) {
    const video = ingest.published.at(-1)?.frames.filter(({ track }) => track === 'video') ?? []
    if (video.length >= count) return video
    await delay(10)
  }
}

describe('startEncoder', () => {
  it('stamps every access unit with stream, number and a time before its arrival', async () => {
    const encoder = await startEncoder({ profile: 'obs-29', to: to() })
    const video = await videoFrames(20)
    await encoder.stop()
    for (const [number, frame] of video.entries()) {
      const stamp = findStamp(frame.data)
      expect(stamp).toMatchObject({ frame: number, streamTag: streamTagOf(streamName) })
      const transitMs = frame.arrivedAt - (stamp?.timeUs ?? 0) / 1000
      expect(transitMs).toBeGreaterThanOrEqual(0)
      expect(transitMs).toBeLessThan(2_000)
    }
    expect(await encoder.closed).toMatchObject({ reason: 'stopped' })
    expect(encoder.stats).toMatchObject({ reconnects: 0, framesDropped: 0 })
    expect(encoder.stats.framesSent).toBeGreaterThanOrEqual(20)
  })

  it('goes round its clip with continuous timestamps', async () => {
    const profile = loadProfile('obs-29')
    const encoder = await startEncoder({
      profile: {
        ...profile,
        behaviour: { ...profile.behaviour, misbehaviours: [{ kind: 'pace', speed: 10 }] },
      },
      to: to(),
    })
    const video = (await videoFrames(270)).slice(0, 270)
    await encoder.stop()
    const steps = video.slice(1).map(({ dts }, i) => (dts - (video[i]?.dts ?? 0)) / 90)
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(33)
    expect(Math.max(...steps)).toBeLessThanOrEqual(34)
    expect(video.flatMap(({ key }, i) => (key ? [i] : []))).toEqual([0, 60, 120, 180, 240])
  })

  it('rejects with the status when the target refuses', async () => {
    ingest.refusal = 'unknown'
    await expect(startEncoder({ profile: 'obs-29', to: to() })).rejects.toMatchObject({
      code: 'LP_ENCODER_REFUSED',
      status: 'NetStream.Publish.BadName',
    })
  })

  it('rejects when nobody listens, and when what listens is no RTMP', async () => {
    const silent = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const wrong = { url: `rtmp://127.0.0.1:${port}/live`, streamName }
    const failed = { code: 'LP_ENCODER_CONNECT' }
    await expect(startEncoder({ profile: 'obs-29', to: wrong })).rejects.toMatchObject(failed)
    await new Promise((resolve) => silent.close(resolve))
    await expect(startEncoder({ profile: 'obs-29', to: wrong })).rejects.toMatchObject(failed)
  })

  it('rejects an unknown profile', async () => {
    await expect(startEncoder({ profile: 'no-such', to: to() })).rejects.toMatchObject({
      code: 'LP_PROFILE_UNKNOWN',
    })
  })

  it('stops by its signal and by its duration', async () => {
    const controller = new AbortController()
    const encoder = await startEncoder({ profile: 'obs-29', to: to(), signal: controller.signal })
    controller.abort()
    expect(await encoder.closed).toMatchObject({ reason: 'stopped' })
    const short = await startEncoder({ profile: 'ffmpeg-5.1', to: to(), durationMs: 200 })
    expect(await short.closed).toMatchObject({ reason: 'stopped' })
    const names = ingest
      .records(streamName)
      .map(({ events }) =>
        events.flatMap(({ type, name }) => (type === 'command' ? [name] : [])).slice(-2),
      )
    expect(names).toEqual([
      ['FCUnpublish', 'deleteStream'],
      ['FCUnpublish', 'deleteStream'],
    ])
  })

  it('reconnects after a drop, with a key frame first and frame numbers that go on', async () => {
    const profile = loadProfile('reconnect-storm')
    const encoder = await startEncoder({ profile, to: to() })
    const before = await videoFrames(10)
    const again = ingest.nextPublication()
    const told = new Promise<void>((resolve) => encoder.onReconnect(resolve))
    encoder.drop()
    await Promise.all([again, told])
    const after = await videoFrames(5)
    await encoder.stop()
    expect(after[0]).toMatchObject({ key: true, dts: 0 })
    const number = findStamp(after[0]?.data ?? new Uint8Array())?.frame
    expect(number).toBeGreaterThanOrEqual(before.length)
    expect(encoder.stats.reconnects).toBe(1)
  })

  it('gives up after a drop when its profile does, and ends when it is refused', async () => {
    const ffmpeg = await startEncoder({ profile: 'ffmpeg-5.1', to: to() })
    ffmpeg.drop()
    expect(await ffmpeg.closed).toMatchObject({ reason: 'disconnected' })
    const profile = loadProfile('reconnect-storm')
    const reconnect = { ...profile.behaviour.reconnect!, afterRefusal: false }
    const meek = { ...profile, behaviour: { ...profile.behaviour, reconnect } }
    const storm = await startEncoder({ profile: meek, to: to() })
    ingest.refusal = 'duplicate'
    storm.drop()
    expect(await storm.closed).toMatchObject({ reason: 'refused' })
  })

  it('comes back after refusals where its profile goes on', async () => {
    const storm = await startEncoder({ profile: 'reconnect-storm', to: to() })
    ingest.refusal = 'duplicate'
    storm.drop()
    while (ingest.records(streamName).length < 3) await delay(10)
    const again = new Promise<void>((resolve) => storm.onReconnect(resolve))
    ingest.refusal = null
    await again
    await storm.stop()
    expect(storm.stats.reconnects).toBe(1)
  })

  it('is silent while paused, and goes on with a key frame', async () => {
    const encoder = await startEncoder({ profile: 'obs-29', to: to() })
    await videoFrames(5)
    encoder.pause()
    await delay(100)
    const paused = encoder.stats.framesSent
    await delay(300)
    expect(encoder.stats.framesSent).toBe(paused)
    const count = ingest.published[0]?.frames.filter(({ track }) => track === 'video').length ?? 0
    encoder.resume()
    const video = await videoFrames(count + 1)
    await encoder.stop()
    expect(video[count]?.key).toBe(true)
  })

  it('vanishes without a word when aborted', async () => {
    const encoder = await startEncoder({ profile: 'obs-29', to: to() })
    await videoFrames(2)
    encoder.abort()
    expect(await encoder.closed).toMatchObject({ reason: 'aborted' })
  })
})
