import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderHtml } from './html.ts'
import { pageData } from './page-data.ts'
import * as samples from './samples/runs.ts'

const pageFolder = new URL('../../reports/page/', import.meta.url)

function elements(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}[^>]*>(.*?)</${name}>`, 'gs'))].map(
    ([, content]) => content ?? '',
  )
}

test('the page is one file that names nothing outside itself', async () => {
  const html = await renderHtml(samples.failingRun())
  expect(html).not.toMatch(/<(link|img|iframe|base|object)\b/i)
  expect(html).not.toMatch(/<script[^>]+src=/i)
  expect(elements(html, 'style')[0]).not.toMatch(/@import|url\(/)
})

test('its policy allows exactly its own script and style', async () => {
  const html = await renderHtml(samples.passingRun())
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? ''
  const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const [, script] = elements(html, 'script')
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(elements(html, 'style')[0])}`,
    "base-uri 'none'",
    "form-action 'none'",
  ])
})

test('the run is in it as it was, whatever the strings', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const record = samples.hostileRun(`${text}</script><script>alert(1)</script><!--STYLE-->`)
      const html = await renderHtml(record)
      const scripts = elements(html, 'script')
      expect(scripts).toHaveLength(2)
      expect(elements(html, 'style')).toHaveLength(1)
      expect(JSON.parse(scripts[0] ?? '')).toEqual(JSON.parse(JSON.stringify(pageData(record))))
    }),
    { numRuns: 25 },
  )
})

test('a typical run stays below 400 kB, two hundred scenarios below 1.2 MB', async () => {
  expect((await renderHtml(samples.failingRun())).length).toBeLessThan(400_000)
  expect((await renderHtml(samples.largeRun())).length).toBeLessThan(1_200_000)
})

test('no code of the page can make markup out of a string', () => {
  const sources = readdirSync(pageFolder).filter((name) => name.endsWith('.ts'))
  expect(sources.length).toBeGreaterThan(5)
  for (const name of sources) {
    const source = readFileSync(new URL(name, pageFolder), 'utf8')
    expect(source, name).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/,
    )
  }
})
