import { afterEach, describe, expect, it } from 'vitest'
import { modelledPlayback } from './hls-playback.ts'
import { openHlsViewer } from './hls-viewer.ts'
import { startTestServer } from './test-server.ts'
import type { FragmentEvent, ViewerRecord } from './viewer-record.ts'

let close: (() => Promise<void>) | undefined
afterEach(() => close?.())

async function serve(answers: Record<string, [status: number, body: string | Buffer]>) {
  const asked: string[] = []
  const server = await startTestServer({
    http: (request, response) => {
      const path = request.url ?? ''
      asked.push(path)
      const [status, body] = answers[path] ?? answers[path.split('?')[0] ?? ''] ?? [404, 'no']
      response.writeHead(status).end(body)
    },
  })
  close = server.close
  return { asked, url: `${server.http}index.m3u8` }
}

const HEAD = '#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI="map.mp4"\n'

describe('A viewer of HLS', () => {
  it('tells that it was refused', async () => {
    const { url } = await serve({ '/index.m3u8': [403, 'locked'] })
    const viewer = openHlsViewer(url)
    expect(await viewer.closed).toMatchObject({ by: 'refused', reason: 'HTTP 403' })
    await expect(viewer.frames(1)).rejects.toThrow(
      expect.objectContaining({ code: 'LP_VIEWER_ENDED' }),
    )
  })

  it('tells that what came is no playlist', async () => {
    const { url } = await serve({ '/index.m3u8': [200, 'hello'] })
    const close = await openHlsViewer(url).closed
    expect(close).toMatchObject({ by: 'failed' })
    expect(close.reason).toContain('#EXTM3U')
  })

  it('takes map and segments in order, once each, to the end', async () => {
    const { url, asked } = await serve({
      '/index.m3u8': [200, `${HEAD}#EXTINF:1,\na.m4s\n#EXTINF:1,\nb.m4s\n#EXT-X-ENDLIST\n`],
      '/map.mp4': [200, Buffer.alloc(0)],
      '/a.m4s': [200, Buffer.alloc(0)],
      '/b.m4s': [200, Buffer.alloc(0)],
    })
    const viewer = openHlsViewer(url)
    expect(await viewer.closed).toMatchObject({ by: 'server', reason: 'ENDLIST', clean: true })
    expect(asked.slice(-3)).toEqual(['/map.mp4', '/a.m4s', '/b.m4s'])
  })

  it('records media that cannot be read', async () => {
    const { url } = await serve({
      '/index.m3u8': [200, `${HEAD}#EXTINF:1,\na.m4s\n#EXT-X-ENDLIST\n`],
      '/map.mp4': [200, Buffer.from('this is no initialisation segment')],
      '/a.m4s': [200, Buffer.alloc(0)],
    })
    const viewer = openHlsViewer(url)
    await viewer.closed
    expect(viewer.record.events).toMatchObject([{ type: 'malformed' }])
  })

  it('gives up on segments that cannot be had', async () => {
    const list = Array.from({ length: 6 }, (_, index) => `#EXTINF:1,\n${index}.m4s\n`).join('')
    const head = `${HEAD}#EXT-X-SERVER-CONTROL:HOLD-BACK=6.0\n`
    const { url } = await serve({ '/index.m3u8': [200, head + list], '/map.mp4': [404, ''] })
    const { by, reason } = await openHlsViewer(url).closed
    expect([by, reason]).toEqual(['failed', expect.stringContaining('HTTP 404')])
  })

  it('can be closed at any time', async () => {
    const { url } = await serve({ '/index.m3u8': [200, `${HEAD}#EXTINF:1,\na.m4s\n`] })
    const viewer = openHlsViewer(url)
    expect(await viewer.close()).toMatchObject({ by: 'viewer', clean: true })
  })
})

describe('A player that is modelled', () => {
  const TIMESCALE = 1000

  function recordOf(arrivals: readonly [receivedMs: number, mediaMs: number][]): ViewerRecord {
    const fragments = arrivals.map(([at, dts], frame): FragmentEvent => {
      const stamp = { streamTag: '00000000', frame, timeUs: (1000 + dts) * 1000 }
      const sample = {
        dts,
        duration: 100,
        compositionOffset: 0,
        size: 1,
        key: true,
        idr: true,
        stamp,
      }
      const tracks = [{ trackId: 1, baseDecodeTime: dts, samples: [sample] }]
      return { type: 'fragment', at, sequence: frame, size: 1, tracks, bytes: null }
    })
    const track = { id: 1, kind: 'video', timescale: TIMESCALE }
    const init = { type: 'init', at: 0, init: { tracks: [track] } }
    return { openedAt: 1000, events: [init, ...fragments] } as unknown as ViewerRecord
  }

  it('shows what came in bursts at even times, as late as its first frame was', () => {
    const { latency, stalledMs, playedMs } = modelledPlayback(
      recordOf([
        [500, 0],
        [500, 100],
        [500, 200],
        [780, 300],
      ]),
    )
    expect([latency.min, latency.max].map(Math.round)).toEqual([500, 500])
    expect(stalledMs).toBe(0)
    expect(playedMs).toBe(300)
  })

  it('stands still for a frame that comes too late, and stays behind', () => {
    const { latency, stalledMs } = modelledPlayback(
      recordOf([
        [500, 0],
        [900, 100],
        [900, 200],
      ]),
    )
    expect(stalledMs).toBe(300)
    expect([latency.min, latency.max].map(Math.round)).toEqual([500, 800])
  })
})
