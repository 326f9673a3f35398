import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { askFrom } from '../../harness/targets/ask-from.ts'
import type { Target } from '../../harness/targets/target.ts'

scenario(
  'who publishes over SRT or WebRTC is given an edge for it, and is played',
  { needs: ['reference', 'edges'], ownReference: true, concurrent: true },
  async ({ target, createStream, workbench, encoder, viewer }) => {
    const direct = await createStream()
    const [edge] = await workbench.edges(['eu'])
    for (const [profile, over] of [
      ['obs-29', 'srt'],
      ['obs-32', 'whip'],
    ] as const) {
      const stream = await askFrom(target, (await createStream()).id, edge!.client)
      const url = over === 'srt' ? stream.ingest.srt! : stream.ingest.whip!.url
      const origin = over === 'srt' ? direct.ingest.srt! : direct.ingest.whip!.url
      expect(new URL(url).host).not.toBe(new URL(origin).host)
      const publisher = await encoder(profile, { to: stream, url })
      const before = await relayed(target)
      await viewer.h5live(stream).frames(60)
      await expect.poll(() => relayed(target)).toBeGreaterThan(before + 60)
      await publisher.stop()
    }
  },
)

/** Datagrams that edges passed on, as their last heartbeats say. */
async function relayed({ reference, apiKey }: Target): Promise<number> {
  const headers = { 'X-BINTU-APIKEY': apiKey }
  const answer = await fetch(`${reference!.observe}/cdn`, { headers })
  const { edges } = (await answer.json()) as { edges: { load: { datagrams: number } }[] }
  return edges.reduce((sum, { load }) => sum + load.datagrams, 0)
}
