import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'who asks the origin for media over HTTP is sent on to an edge',
  { needs: ['reference', 'edges'], ownReference: true, concurrent: true },
  async ({ target, createStream, workbench }) => {
    const [edge] = await workbench.edges(['eu'])
    const stream = await createStream()
    const origin = new URL(target.reference!.player).host
    const query = new URL(stream.playout.progressive).search
    for (const path of [`/h5live/http/stream.mp4${query}`, `/hls/${stream.name}/index.m3u8`]) {
      const answer = await fetch(`http://${origin}${path}`, { redirect: 'manual' })
      expect(answer.status).toBe(307)
      expect(answer.headers.get('location')).toBe(`http://${new URL(edge!.h5live).host}${path}`)
    }
  },
)
