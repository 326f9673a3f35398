import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { askFrom } from '../../harness/targets/ask-from.ts'
import { RoutedViewer } from '../../harness/viewers/routed-viewer.ts'

scenario(
  'an origin that was killed and comes back is found again by its edge, its publisher and its viewers',
  { needs: ['reference', 'edges'], ownReference: true, concurrent: true },
  async ({ target, createStream, workbench, encoder, signal }) => {
    const [edge] = await workbench.edges(['eu'])
    const stream = await createStream()
    await encoder('obs-29', { to: stream, url: edge!.rtmp! })
    let origin = target
    const where = async () => (await askFrom(origin, stream.id, edge!.client)).playout.h5live
    const viewer = new RoutedViewer({ where, client: edge!.client, signal })
    workbench.atClose(() => viewer.close())
    await expect.poll(() => viewer.fragments, { timeout: 15_000 }).toBeGreaterThan(30)
    origin = (await workbench.restartTarget!()).target
    const before = viewer.fragments
    await expect.poll(() => viewer.fragments, { timeout: 25_000 }).toBeGreaterThan(before + 60)
    expect(viewer.playsFrom).toBe(new URL(edge!.h5live).host)
  },
)
