import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a stream with a push URL reaches the viewers of the server that it is pushed on to',
  { needs: ['reference'] },
  async ({ target, createStream, encoder, viewer, signal, expectLatency, expectRules }) => {
    const [source, destination] = [await createStream(), await createStream()]
    const put = await fetch(`${target.api}/stream/${source.id}/push_url`, {
      method: 'PUT',
      headers: { 'X-BINTU-APIKEY': target.apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify({ url: `${destination.ingest.rtmp}/${destination.name}` }),
      signal,
    })
    expect(put.status).toBe(200)
    await encoder('obs-29', { to: source })
    await expect
      .poll(async () => (await stateOf(destination.id)).state, { timeout: 5000 })
      .toBe('live')
    const watch = viewer.h5live(destination)
    await watch.frames(240)
    expect(watch.stats.lost).toBe(0)
    expectLatency(watch, 'count>=120', 'p(99)<1000ms')
    await expectRules('h5live.sequence', 'h5live.timeline', 'h5live.first-key').toHold()
    expect(await stateOf(source.id)).toMatchObject({
      push_status: { state: 'pushing', error: null },
    })

    async function stateOf(id: string): Promise<{ state: string; push_status?: unknown }> {
      const response = await fetch(`${target.api}/stream/${id}`, {
        headers: { 'X-BINTU-APIKEY': target.apiKey },
        signal,
      })
      return (await response.json()) as { state: string; push_status?: unknown }
    }
  },
)
