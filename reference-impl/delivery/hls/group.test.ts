import HLS from 'hls-parser'
import { afterEach, describe, expect, it } from 'vitest'
import type { LiveStream } from '../../live/live-stream.ts'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { type TestHls, testHls } from './testing/test-hls.ts'

const [HIGH, LOW, ALONE] = ['ABCDE-HHHHH', 'ABCDE-LLLLL', 'ABCDE-AAAAA']

let hls: TestHls
afterEach(() => hls.close())

async function text(path: string): Promise<string> {
  const answer = await hls.get(path)
  expect(answer.status).toBe(200)
  return answer.text()
}

/** Two bitrates of one group, with the first whole segments of both. */
async function group(): Promise<{ streams: LiveStream[]; index: string }> {
  hls = await testHls({ otherVariantsMs: 300 })
  hls.directory.groups.push([HIGH, LOW])
  const streams = [hls.publish(HIGH), hls.publish(LOW)]
  for (const [place, stream] of streams.entries())
    feedFrames(stream, 1, { bytes: 1_000 / (place + 1) })
  const index = text(`${HIGH}/index.m3u8`)
  await expect.poll(() => streams.every(({ subscribers }) => subscribers === 1)).toBe(true)
  for (const [place, stream] of streams.entries())
    feedFrames(stream, 69, { from: 1, bytes: 1_000 / (place + 1) })
  return { streams, index: await index }
}

describe('The HLS of a group', () => {
  it('names every bitrate, the passthrough first, and each has its segments', async () => {
    const { index } = await group()
    const { variants } = HLS.parse(index) as HLS.types.MasterPlaylist
    expect(variants.map(({ uri }) => uri)).toEqual(['media.m3u8', `../${LOW}/media.m3u8`])
    expect(variants[0]!.bandwidth).toBeGreaterThan(variants[1]!.bandwidth)
    const playlists = await Promise.all(
      [HIGH, LOW].map(async (name) => HLS.parse(await text(`${name}/media.m3u8`))),
    )
    for (const playlist of playlists)
      expect((playlist as HLS.types.MediaPlaylist).segments.length).toBeGreaterThanOrEqual(2)
  })

  it('reports in each playlist how far the others are', async () => {
    await group()
    const reports = async (name: string) =>
      (HLS.parse(await text(`${name}/media.m3u8`)) as HLS.types.MediaPlaylist).renditionReports
    const own = HLS.parse(await text(`${LOW}/media.m3u8`)) as HLS.types.MediaPlaylist
    const last = own.segments.at(-1)!
    expect(await reports(HIGH)).toMatchObject([
      { uri: `../${LOW}/media.m3u8`, lastMSN: last.mediaSequenceNumber },
    ])
    expect(await reports(LOW)).toMatchObject([{ uri: `../${HIGH}/media.m3u8` }])
  })

  it('is that of the one bitrate for a later member, and for one whose others are not live', async () => {
    await group()
    const later = HLS.parse(await text(`${LOW}/index.m3u8`)) as HLS.types.MasterPlaylist
    expect(later.variants.map(({ uri }) => uri)).toEqual(['media.m3u8'])
    hls.directory.groups.push([ALONE, 'ABCDE-GGGGG'])
    const stream = hls.publish(ALONE)
    feedFrames(stream, 1)
    const index = text(`${ALONE}/index.m3u8`)
    await expect.poll(() => stream.subscribers).toBe(1)
    feedFrames(stream, 40, { from: 1 })
    const { variants } = HLS.parse(await index) as HLS.types.MasterPlaylist
    expect(variants).toHaveLength(1)
    expect(await text(`${ALONE}/media.m3u8`)).not.toContain('RENDITION-REPORT')
  })
})
