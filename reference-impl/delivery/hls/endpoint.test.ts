import fc from 'fast-check'
import HLS from 'hls-parser'
import { afterEach, describe, expect, it } from 'vitest'
import { feedFrames } from '../../live/testing/feed-frames.ts'
import { PLAY_URL, type TestHls, testHls } from './testing/test-hls.ts'

const NAME = 'ABCDE-12345'
const MEDIA = `${NAME}/media.m3u8`

let hls: TestHls
afterEach(() => hls.close())

/** A live stream with two whole segments of a second, and the third in the making. */
async function liveStage(limits = {}) {
  const { stream } = await firstAnswer(limits)
  return { stream, text: await (await hls.get(MEDIA)).text() }
}

/** The same, as far as the one who asked first was told. */
async function firstAnswer(limits = {}) {
  hls = await testHls(limits)
  const stream = hls.publish(NAME)
  feedFrames(stream, 1)
  // The first request finds the group of pictures in the making, and waits for its end.
  const first = hls.get(MEDIA)
  await until(() => stream.subscribers === 1)
  feedFrames(stream, 69, { from: 1 })
  const early = await first
  expect(early.status).toBe(200)
  return { stream, text: await early.text() }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 3000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not in time: ${condition}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function linesOf(text: string, start: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(start))
}

function uriOf(line: string): string {
  return /URI="([^"]+)"/.exec(line)![1]!
}

describe('HLS over HTTP', () => {
  it('names its media playlist with codecs and size, and its media with their addresses', async () => {
    const { text } = await liveStage()
    const index = await hls.get(`${NAME}/index.m3u8`)
    expect(index.headers.get('content-type')).toBe('application/vnd.apple.mpegurl')
    const master = HLS.parse(await index.text()) as HLS.types.MasterPlaylist
    expect(master.variants).toMatchObject([
      {
        uri: 'media.m3u8',
        codecs: 'avc1.42c01f,mp4a.40.2',
        resolution: { width: 1280, height: 720 },
      },
    ])
    const segments = linesOf(text, 'segment-')
    expect(segments).toHaveLength(2)
    const parts = linesOf(text, '#EXT-X-PART:').map(uriOf)
    const map = await hls.get(`${NAME}/${uriOf(linesOf(text, '#EXT-X-MAP')[0]!)}`)
    expect(map.headers.get('content-type')).toBe('video/mp4')
    expect(
      Buffer.from(await map.arrayBuffer())
        .subarray(4, 8)
        .toString(),
    ).toBe('ftyp')
    const whole = Buffer.from(await (await hls.get(`${NAME}/${segments[0]}`)).arrayBuffer())
    const pieces = await Promise.all(
      parts.slice(0, 3).map(async (uri) => {
        const response = await hls.get(`${NAME}/${uri}`)
        expect(response.status).toBe(200)
        expect(response.headers.get('cache-control')).toBe('public, max-age=86400, immutable')
        return Buffer.from(await response.arrayBuffer())
      }),
    )
    expect(Buffer.concat(pieces).equals(whole)).toBe(true)
  })

  it('answers a reload by its position when it has it, to all who wait, and not before', async () => {
    const { stream } = await liveStage()
    let answered = 0
    const asks = ['_HLS_msn=2', '_HLS_msn=2&_HLS_part=1', '_HLS_msn=2&_HLS_part=1&_HLS_skip=YES']
    const waiting = asks.map((query) =>
      hls.get(`${MEDIA}?${query}`).then((response) => {
        answered += 1
        return response.text()
      }),
    )
    await (await hls.get(MEDIA)).text()
    expect(answered).toBe(0)
    feedFrames(stream, 35, { from: 70 })
    const texts = await Promise.all(waiting)
    expect(linesOf(texts[0]!, 'segment-')).toHaveLength(3)
    for (const one of texts) expect(linesOf(one, '#EXT-X-PART:').length).toBeGreaterThan(4)
  })

  it('takes a part beyond the end of its segment for the first of the next', async () => {
    const { stream } = await liveStage()
    const reload = hls.get(`${MEDIA}?_HLS_msn=2&_HLS_part=5`)
    await (await hls.get(MEDIA)).text()
    feedFrames(stream, 40, { from: 70 })
    const text = await (await reload).text()
    expect(linesOf(text, 'segment-')).toHaveLength(3)
    expect(text.split('segment-').at(-1)).toContain('#EXT-X-PART:')
  })

  it('holds a hinted part back until it is there', async () => {
    const { stream, text } = await liveStage()
    const hint = uriOf(linesOf(text, '#EXT-X-PRELOAD-HINT')[0]!)
    const part = hls.get(`${NAME}/${hint}`)
    await (await hls.get(MEDIA)).text()
    feedFrames(stream, 20, { from: 70 })
    const response = await part
    expect(response.status).toBe(200)
    const later = await (await hls.get(MEDIA)).text()
    expect(linesOf(later, '#EXT-X-PART:').map(uriOf)).toContain(hint)
  })

  it.each([
    ['_HLS_msn=99', 400],
    ['_HLS_msn=2&_HLS_part=99', 400],
    ['_HLS_part=1', 400],
    ['_HLS_msn=-1', 400],
    ['_HLS_msn=1e3', 400],
    ['_HLS_msn=9999999999999999', 400],
    ['_HLS_msn=1&_HLS_msn=2', 400],
    ['_HLS_skip=NO', 400],
    ['_HLS_msn=%00', 400],
    ['_HLS_push=1&other=2', 200],
  ])('answers %s with %i at once', async (query, status) => {
    await liveStage()
    const response = await hls.get(`${MEDIA}?${query}`)
    expect(response.status).toBe(status)
    await response.text()
  })

  it('answers every hostile query with a playlist or a 4xx', async () => {
    await liveStage()
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.integer({ min: -5, max: 5 }).map(String),
      fc.constantFrom('YES', 'v2', '1.5', '0x10', ' 1', '١', 'NaN', '1'.repeat(300)),
    )
    const name = fc.constantFrom('_HLS_msn', '_HLS_part', '_HLS_skip', '_HLS_x', 'url')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 5 }), async (pairs) => {
        const query = new URLSearchParams(pairs.map(([n, v]) => [n, v.toWellFormed()]))
        // Positions that may be waited for would only slow this down.
        if (/^[1-3]$/.test(query.get('_HLS_msn') ?? '')) query.delete('_HLS_msn')
        const response = await hls.get(`${MEDIA}?${query}`)
        await response.text()
        expect([200, 400, 431]).toContain(response.status)
      }),
      { numRuns: 80 },
    )
  })

  it.each([
    'index.m3u8/x',
    'media.m3u',
    'segment-x-1.m4s',
    'segment--1.m4s',
    'part-0-99999999999999999999.m4s',
    'map-0-0.m4s',
    '..%2f..%2fetc%2fpasswd',
    'segment-%00-0.m4s',
  ])('has nothing at %s', async (file) => {
    await liveStage()
    const response = await hls.get(`${NAME}/${file}`)
    expect(response.status).toBe(404)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    await response.text()
  })

  it.each([
    ['unknown', undefined, 404],
    ['deleted', 'deleted', 404],
    ['locked', 'locked', 403],
    ['not live', 'ended', 404],
  ] as const)('refuses a stream that is %s', async (_what, state, status) => {
    hls = await testHls()
    if (state !== undefined) hls.directory.add(NAME, state)
    for (const file of ['index.m3u8', 'media.m3u8', 'segment-a-0.m4s']) {
      const response = await hls.get(`${NAME}/${file}`)
      expect(response.status).toBe(status)
      await response.text()
    }
  })

  it('packs playlists where that is understood, and answers HEAD and OPTIONS', async () => {
    await liveStage()
    const packed = await hls.get(MEDIA, { headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(packed.headers.get('vary')).toBe('Accept-Encoding')
    expect(await packed.text()).toMatch(/^#EXTM3U\n/)
    for (const accepted of ['identity', 'gzip;q=0', 'br']) {
      const plain = await hls.get(MEDIA, { headers: { 'Accept-Encoding': accepted } })
      expect(plain.headers.get('content-encoding')).toBeNull()
      await plain.text()
    }
    const head = await hls.get(MEDIA, {
      method: 'HEAD',
      headers: { 'Accept-Encoding': 'identity' },
    })
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(300)
    const preflight = await hls.get(MEDIA, { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    const post = await hls.get(MEDIA, { method: 'POST' })
    expect(post.status).toBe(405)
    await post.text()
  })

  it('says the end, keeps the media a while, and goes on with a discontinuity', async () => {
    const { stream, text } = await liveStage()
    hls.hub.end(NAME, 'unpublished')
    hls.directory.apply(NAME, 'unpublish')
    expect(stream.subscribers).toBe(0)
    const ended = await (await hls.get(`${MEDIA}?_HLS_msn=5`)).text()
    expect(ended).toContain('#EXT-X-ENDLIST')
    expect(ended).not.toContain('PRELOAD-HINT')
    const segment = await hls.get(`${NAME}/${linesOf(text, 'segment-')[0]}`)
    expect(segment.status).toBe(200)
    await segment.arrayBuffer()

    const again = hls.publish(NAME)
    feedFrames(again, 1)
    const resumed = hls.get(`${MEDIA}?_HLS_msn=3`)
    await until(() => again.subscribers === 1)
    feedFrames(again, 69, { from: 1 })
    const after = await (await resumed).text()
    expect(after).toContain('#EXT-X-DISCONTINUITY\n')
    expect(after).not.toContain('ENDLIST')
  })

  it('marks where the encoder came back', async () => {
    const { stream } = await liveStage()
    hls.hub.suspend(NAME)
    hls.hub.publish(NAME)
    feedFrames(stream, 70, { from: 5000, gop: 10 })
    const text = await (await hls.get(MEDIA)).text()
    expect(linesOf(text, '#EXT-X-DISCONTINUITY\n'.trim())).toContain('#EXT-X-DISCONTINUITY')
  })

  it('tells those who wait when what they wait for does not come', async () => {
    hls = await testHls({ firstSegmentMs: 50 })
    hls.publish(NAME)
    const response = await hls.get(MEDIA)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    await response.text()
  })

  it('lets only so many wait, and forgets those who left', async () => {
    hls = await testHls({ maxWaiting: 2 })
    const stream = hls.publish(NAME)
    const leaving = new AbortController()
    const first = hls.get(MEDIA, { signal: leaving.signal }).catch(() => 'left')
    await until(() => stream.subscribers === 1)
    const others = [hls.get(MEDIA), hls.get(MEDIA)]
    expect((await Promise.race(others)).status).toBe(503)
    leaving.abort()
    expect(await first).toBe('left')
    feedFrames(stream, 70)
    const answers = await Promise.all(others)
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 503])
    await Promise.all(answers.map((answer) => answer.text()))
  })

  it('costs nothing once nobody asks any more, and its numbers go on', async () => {
    const { stream, text } = await firstAnswer({ idleMs: 0 })
    const before = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)![1])
    await eventually(() => stream.subscribers === 0)
    feedFrames(stream, 60, { from: 70 })
    const next = hls.get(MEDIA)
    await until(() => stream.subscribers === 1)
    feedFrames(stream, 60, { from: 130 })
    const after = await (await next).text()
    expect(Number(/MEDIA-SEQUENCE:(\d+)/.exec(after)![1])).toBeGreaterThan(before)
    expect(after).toContain('#EXT-X-DISCONTINUITY\n')
  })
})

/** Longer than a sweep. */
async function eventually(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 4000 }).toBe(true)
}

describe("The product's own playlist", () => {
  it('points at the endless progressive stream', async () => {
    hls = await testHls()
    const stream = hls.publish(NAME)
    feedFrames(stream, 3)
    const query = new URLSearchParams({ url: PLAY_URL, stream: NAME, cid: '123456' })
    const response = await fetch(`${hls.base}/h5live/http/playlist.m3u8?${query}`)
    expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl')
    const text = await response.text()
    expect(text).toMatch(
      /^#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nstream\.mp4\?\S+&h5pltc=\d+\n$/,
    )
    const uri = text.trim().split('\n').at(-1)!
    const media = await fetch(new URL(uri, response.url))
    expect(media.headers.get('content-type')).toBe('video/mp4')
    await media.body?.cancel()
  })

  it('refuses what progressive refuses', async () => {
    hls = await testHls()
    for (const [query, status] of [
      ['', 400],
      [`stream=${NAME}`, 404],
      [`stream=${NAME}&url=rtmp://192.0.2.1/play`, 400],
    ] as const) {
      const response = await fetch(`${hls.base}/h5live/http/playlist.m3u8?${query}`)
      expect(response.status).toBe(status)
      await response.text()
    }
  })
})
