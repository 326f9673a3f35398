import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a browser plays from an edge, and from another one once that was killed',
  { needs: ['reference', 'edges', 'chromium'], ownReference: true },
  async ({ target, createStream, workbench, encoder, viewer }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const edges = await workbench.edges(['eu', 'us'])
    const watching = await viewer.browser(stream)
    await watching.frames(30)
    const playsFrom = async () => {
      const headers = { 'X-BINTU-APIKEY': target.apiKey }
      const answer = await fetch(`${target.reference!.observe}/cdn`, { headers })
      const known = (await answer.json()) as {
        edges: { id: string; alive: boolean; load: { viewers: number } }[]
      }
      return known.edges.find(({ alive, load }) => alive && load.viewers > 0)?.id
    }
    await expect.poll(playsFrom, { timeout: 5_000 }).toBeDefined()
    const first = await playsFrom()
    await edges.find(({ id }) => id === first)!.kill!()
    const shown = watching.presented.length
    const other = edges.find(({ id }) => id !== first)!
    await expect.poll(playsFrom, { timeout: 10_000 }).toBe(other.id)
    await watching.frames(shown + 60)
  },
)
