import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { askFrom } from '../../harness/targets/ask-from.ts'
import { RoutedViewer } from '../../harness/viewers/routed-viewer.ts'

scenario(
  'an origin that was killed and comes back is found again by its edges, its publisher and its viewers',
  { needs: ['reference', 'edges'], ownReference: true, concurrent: true },
  async ({ target, createStream, workbench, encoder, signal }) => {
    const [near, far] = await workbench.edges(['eu', 'us'])
    const stream = await createStream()
    const publisher = await encoder('obs-29', { to: stream, url: far!.rtmp! })
    let origin = target
    const where = async () => (await askFrom(origin, stream.id, near!.client)).playout.h5live
    const viewer = new RoutedViewer({ where, client: near!.client, signal })
    workbench.atClose(() => viewer.close())
    await expect.poll(() => viewer.fragments, { timeout: 15_000 }).toBeGreaterThan(30)

    const restarted = await workbench.restartTarget!()
    const living = async () => {
      const headers = { 'X-BINTU-APIKEY': restarted.target.apiKey }
      const seen = await fetch(`${restarted.target.reference!.observe}/cdn`, { headers })
      const { edges } = (await seen.json()) as { edges: { id: string; alive: boolean }[] }
      return edges.filter(({ alive }) => alive).map(({ id }) => id)
    }
    const both = [near!.id, far!.id]
    await expect.poll(living, { timeout: 15_000 }).toEqual(expect.arrayContaining(both))
    // The viewer asks where to go only now: before, the nearest edge may not have been back.
    origin = restarted.target
    const before = viewer.fragments
    await expect.poll(() => viewer.fragments, { timeout: 25_000 }).toBeGreaterThan(before + 60)
    expect(viewer.playsFrom).toBe(new URL(near!.h5live).host)
    expect(publisher.stats.reconnects).toBeGreaterThan(0)
    expect((await restarted.client.getStream(stream.id)).state).toBe('live')
  },
)
