import { afterEach, describe, expect, it } from 'vitest'
import type { Publication } from '../../live/publication.ts'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { readFragment } from '../../live/testing/walk-boxes.ts'
import { type TestDelivery, testDelivery } from './testing/test-delivery.ts'
import { TestViewer } from './testing/test-viewer.ts'

const NAME = 'AAAAA-BBBBB'
const FRAME_BYTES = 100_000
/** More than kernel buffers on loopback take (6 MiB to receive, 4 MiB to send). */
const FLOOD_FRAMES = 240

let server: TestDelivery | undefined
const viewers: TestViewer[] = []

afterEach(async () => {
  await Promise.all(viewers.splice(0).map((viewer) => viewer.close()))
  await server?.close()
  server = undefined
})

async function connected(url: string, media: number): Promise<TestViewer> {
  const viewer = new TestViewer(url)
  viewers.push(viewer)
  await viewer.until((one) => one.media.length >= media)
  return viewer
}

/** Feeds in portions, so that sockets are written to in between. */
async function flood(publication: Publication, from: number, healthy: TestViewer) {
  for (let index = from; index < from + FLOOD_FRAMES; index += 10) {
    feedFrames(publication, 10, { from: index, gop: 20, bytes: FRAME_BYTES })
    const expected = index + 10 + 1
    await healthy.until(({ media }) => media.length >= expected)
  }
}

describe('A slow viewer', () => {
  it('is skipped to a key frame, says so, and harms nobody', async () => {
    server = await testDelivery({ limits: { maxQueuedBytes: 1_000_000 } })
    const publication = await server.publish(NAME)
    feedFrames(publication, 1, { gop: 20, bytes: FRAME_BYTES })
    const healthy = await connected(server.websocket(`stream=${NAME}`), 2)
    const slow = await connected(server.websocket(`stream=${NAME}`), 2)
    slow.socket.pause()
    await flood(publication, 1, healthy)
    slow.socket.resume()
    // What was queued drains; then the next key frame takes the viewer on.
    let next = 1 + FLOOD_FRAMES
    await slow.until(({ media }) => media.length > 20)
    while (!slow.statuses.some((one) => one.reason === 'skipped')) {
      feedFrames(publication, 1, { from: next, gop: 20, bytes: FRAME_BYTES })
      next += 1
      await healthy.until(({ media }) => media.length >= next + 1)
    }
    const skip = slow.statuses.find((one) => one.reason === 'skipped')
    await slow.until(({ received }) => Buffer.isBuffer(received.at(-1)))
    const at = slow.received.findIndex((one) => !Buffer.isBuffer(one) && one.data === skip)
    const fragment = readFragment(slow.received[at + 1] as Buffer)
    expect(skip).toMatchObject({ status: 'discontinuity', init: false })
    expect(fragment.sequence).toBe(skip?.sequence)
    expect(fragment.tracks[0]?.samples[0]?.key).toBe(true)
    const before = readFragment(
      slow.media[slow.media.indexOf(slow.received[at + 1] as Buffer) - 1]!,
    )
    expect(fragment.sequence).toBeGreaterThan(before.sequence + 1)
    const all = healthy.media.slice(1).map((media) => readFragment(media).sequence)
    expect(all).toEqual(Array.from({ length: next }, (_, index) => index + 1))
  })

  it('is closed when it takes nothing any more', async () => {
    server = await testDelivery({
      limits: { maxQueuedBytes: 1_000_000, stallMs: 500, closeTimeoutMs: 200 },
    })
    const publication = await server.publish(NAME)
    feedFrames(publication, 1, { gop: 20, bytes: FRAME_BYTES })
    const healthy = await connected(server.websocket(`stream=${NAME}`), 2)
    const stuck = await connected(server.websocket(`stream=${NAME}`), 2)
    const { delivery } = server
    expect(delivery.viewers()).toBe(2)
    stuck.socket.pause()
    await flood(publication, 1, healthy)
    await expect.poll(() => delivery.viewers(), { timeout: 5000 }).toBe(1)
    expect(healthy.closed).toBeUndefined()
  })
})
