import { afterEach, expect, it } from 'vitest'
import { type LivePage, startLivePage } from './live-page.ts'
import { liveState } from './testing/live-state.ts'

const pages: LivePage[] = []
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close()
})

async function open(): Promise<LivePage> {
  const page = await startLivePage()
  pages.push(page)
  return page
}

/** Reads until `count` states have come. */
async function states(page: LivePage, count: number): Promise<{ phase: string }[]> {
  const response = await fetch(new URL('/events', page.url), {
    signal: AbortSignal.timeout(10_000),
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const found: { phase: string }[] = []
  let text = ''
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part
    found.splice(
      0,
      found.length,
      ...[...text.matchAll(/^data: (.*)\n\n/gm)].map(([, json]) => JSON.parse(json!)),
    )
    if (found.length >= count) break
    page.show(liveState({ phase: 'watching' }))
  }
  return found
}

it('The live page comes with a policy that lets it talk to nobody else', async () => {
  const { url } = await open()
  const response = await fetch(url)
  const html = await response.text()
  expect(response.status).toBe(200)
  expect(html).toMatch(
    /default-src 'none'; script-src 'sha256-[^;]+; style-src 'sha256-[^;]+; .*connect-src 'self'/,
  )
  expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
  expect((await fetch(new URL('/nothing', url))).status).toBe(404)
})

it('A page gets the last state at once, and each that follows', async () => {
  const page = await open()
  page.show(liveState({ phase: 'waiting' }))
  expect((await states(page, 2)).map(({ phase }) => phase)).toEqual(['waiting', 'watching'])
})

it('Pages of other sites get nothing', async () => {
  const { url } = await open()
  const events = new URL('/events', url)
  expect((await fetch(events, { headers: { Origin: 'http://evil.example' } })).status).toBe(403)
  expect((await fetch(events, { method: 'POST' })).status).toBe(403)
})
