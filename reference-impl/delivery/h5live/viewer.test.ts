import { describe, expect, it } from 'vitest'
import { LiveStream } from '../../live/live-stream.ts'
import { defaultLiveSeams } from '../../live/seams.ts'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { testVideo } from '../../live/testing/tracks.ts'
import { defaultDeliveryLimits } from './limits.ts'
import type { StatusMessage } from './messages.ts'
import { defaultH5LiveSeams } from './seams.ts'
import { Viewer } from './viewer.ts'
import type { ViewerEnd, ViewerTransport } from './viewer-transport.ts'

/** Notes what is written; the test says how much the network has taken. */
class FakeTransport implements ViewerTransport {
  readonly written: string[] = []
  queued = 0
  sent = 0
  end: ViewerEnd | undefined

  queuedBytes(): number {
    return this.queued
  }
  sentBytes(): number {
    return this.sent
  }
  status({ data }: StatusMessage): void {
    this.written.push(data.reason ?? data.status)
  }
  metadata(): void {
    this.written.push('metadata')
  }
  streamInfo(): void {
    this.written.push('info')
  }
  init(): void {
    this.written.push('init')
  }
  fragment({ key }: { readonly key: boolean }): void {
    this.written.push(key ? 'key' : 'delta')
  }
  together(writes: () => void): void {
    writes()
  }
  close(end: ViewerEnd): void {
    this.end = end
  }
}

const limits = { ...defaultDeliveryLimits, maxQueuedBytes: 1000, stallMs: 100 }

function setUp(frames = 1) {
  const stream = new LiveStream('AAAAA-BBBBB', defaultLiveSeams())
  feedFrames(stream, frames, { gop: 4 })
  const transport = new FakeTransport()
  const viewer = new Viewer(stream, transport, defaultH5LiveSeams(), limits, 0)
  viewer.start()
  const feed = (from: number, count = 1) => feedFrames(stream, count, { from, gop: 4 })
  return { stream, transport, viewer, feed }
}

describe('A viewer', () => {
  it('opens with info, status, initialisation segment and the cached group', () => {
    expect(setUp(3).transport.written).toEqual(['info', 'playing', 'init', 'key', 'delta', 'delta'])
  })

  it('is skipped over its bound, until the queue is drained and a key frame comes', () => {
    const { transport, feed } = setUp()
    transport.queued = 10_000
    transport.written.length = 0
    feed(1, 4)
    expect(transport.written).toEqual([])
    transport.queued = 200
    feed(5, 3)
    expect(transport.written).toEqual([])
    feed(8, 2)
    expect(transport.written).toEqual(['skipped', 'key', 'delta'])
  })

  it('may have its opening group queued on top, until that is gone', () => {
    const { transport, feed } = setUp()
    transport.written.length = 0
    transport.queued = 1100
    feed(1)
    expect(transport.written).toEqual(['delta'])
    transport.queued = 0
    feed(2)
    transport.queued = 1100
    feed(3)
    expect(transport.written).toEqual(['delta', 'delta'])
  })

  it('gets the new initialisation segment when tracks changed while it was skipped', () => {
    const { transport, stream, feed } = setUp()
    transport.queued = 10_000
    feed(1)
    stream.track(testVideo(5))
    const base = { track: 'video', data: new Uint8Array(9), arrivedAt: 0 } as const
    stream.frame({ ...base, dts: 12_000, pts: 12_000, key: true })
    transport.queued = 0
    transport.written.length = 0
    stream.frame({ ...base, dts: 15_000, pts: 15_000, key: true })
    expect(transport.written).toEqual(['skipped', 'info', 'init', 'key'])
  })

  it('is closed when its queue makes no progress, and then gets nothing more', () => {
    const { transport, stream, viewer, feed } = setUp()
    transport.queued = 500
    transport.sent = 1
    viewer.tick(1000)
    viewer.tick(1050)
    transport.sent = 2
    viewer.tick(1099)
    viewer.tick(1150)
    expect(transport.end).toBeUndefined()
    viewer.tick(1250)
    expect(transport.end).toMatchObject({ kind: 'refused', refused: { code: 2002 } })
    transport.written.length = 0
    feed(1)
    stream.end('stopped')
    expect(transport.written).toEqual([])
    expect(transport.end).toMatchObject({ kind: 'refused' })
    expect(stream.subscribers).toBe(0)
  })

  it('is told the end of the stream, once', () => {
    const { transport, stream, viewer } = setUp()
    stream.end('unpublished')
    expect(transport.end).toEqual({ kind: 'stream-ended', reason: 'unpublished' })
    transport.end = undefined
    viewer.end('shutdown')
    expect(transport.end).toBeUndefined()
  })
})
