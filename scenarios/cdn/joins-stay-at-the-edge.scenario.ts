import { expect } from 'vitest'
import { atEdge } from '../../harness/conformance/cdn/at-edge.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

const VIEWERS = 150
/** Requests a second for LL-HLS of one stream: three parts and as many playlists, with a reserve. */
const HLS_REQUESTS_PER_SECOND = 12

scenario(
  'a hundred and fifty viewers who join at an edge cost the origin no more than one',
  { needs: ['reference', 'edges'], ownReference: true },
  async ({ target, createStream, workbench, encoder, crowd }) => {
    const [edge] = await workbench.edges(['eu'])
    const stream = await createStream()
    await encoder('obs-29', { to: stream, url: edge!.rtmp! })
    const { stages } = await crowd(atEdge(stream, edge!), {
      mix: 'h5live:8,progressive:1,hls:1',
      stages: [{ viewers: VIEWERS, rampMs: 2_500, holdMs: 1_500 }],
    })
    const [stage] = stages
    expect(stage?.hold.viewers).toEqual({ arrived: 0, playing: VIEWERS, failed: {}, dropped: {} })
    const headers = { 'X-BINTU-APIKEY': target.apiKey }
    const answer = await fetch(`${target.reference!.observe}/cdn`, { headers })
    const seen = (await answer.json()) as { pulls: unknown; hlsRequests: number }
    expect(seen.pulls).toEqual({ [stream.name]: 1 })
    const seconds = (stage?.to ?? 0) / 1000
    expect(seen.hlsRequests).toBeGreaterThan(0)
    expect(seen.hlsRequests / seconds).toBeLessThan(HLS_REQUESTS_PER_SECOND)
  },
)
