import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { askFrom } from '../../harness/targets/ask-from.ts'
import { RoutedViewer } from '../../harness/viewers/routed-viewer.ts'

scenario(
  'fifty viewers who join at an edge cost the origin one connection',
  { needs: ['reference', 'edges'], ownReference: true, concurrent: true },
  async ({ target, createStream, workbench, encoder, signal }) => {
    const [edge] = await workbench.edges(['eu'])
    const stream = await createStream()
    await encoder('obs-29', { to: stream, url: edge!.rtmp! })
    const where = async () => (await askFrom(target, stream.id, edge!.client)).playout.h5live
    const viewers = Array.from(
      { length: 50 },
      () => new RoutedViewer({ where, client: edge!.client, signal }),
    )
    workbench.atClose(() => Promise.all(viewers.map((viewer) => viewer.close())))
    const home = new URL(edge!.h5live).host
    const playing = () => viewers.filter(({ playsFrom }) => playsFrom === home).length
    await expect.poll(playing, { timeout: 20_000 }).toBe(50)
    const headers = { 'X-BINTU-APIKEY': target.apiKey }
    const seen = await fetch(`${target.reference!.observe}/cdn`, { headers })
    expect(await seen.json()).toMatchObject({ pulls: { [stream.name]: 1 } })
  },
)
