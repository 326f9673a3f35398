import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the stream plays in a real browser',
  { needs: ['chromium'] },
  async ({ createStream, encoder, viewer }) => {
    const stream = await createStream({ tags: ['smoke'] })
    await encoder('obs-29', { to: stream })
    // Its recording tells when each picture that the browser shows was sent.
    viewer.h5live(stream)
    const browser = await viewer.browser(stream)
    await browser.frames(200)
    expect(browser.errors).toEqual([])
  },
)
