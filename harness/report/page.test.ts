import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchChromium } from '../setup/launch-chromium.ts'
import { findProgram } from '../setup/program.ts'
import { chromium as program } from '../setup/programs.ts'
import { renderHtml } from './html.ts'
import { weakContrasts } from './page-probe.ts'
import type { RunRecord, ScenarioRecord } from './run-record.ts'
import { loadRun } from './samples/load.ts'
import { networkRun } from './samples/network.ts'
import * as samples from './samples/runs.ts'
import { severalTargetsRun } from './samples/targets.ts'

const executablePath = findProgram(program)

type Look = { colorScheme?: 'light' | 'dark'; width?: number }

describe.skipIf(!executablePath)('the report page in Chromium', () => {
  let browser: Browser
  let dir: string

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'liveproof-page-'))
    browser = await launchChromium()
  })

  afterAll(async () => {
    await browser?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  /** Opens the page from disk and keeps a list of everything that it must not do. */
  async function open(record: RunRecord, { colorScheme = 'light', width = 1280 }: Look = {}) {
    const file = join(dir, 'index.html')
    writeFileSync(file, await renderHtml(record))
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    onTestFinished(() => page.close())
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`))
    const url = pathToFileURL(file).href
    page.on('request', (request) => {
      if (request.url() !== url) complaints.push(`request: ${request.url()}`)
    })
    await page.goto(url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    return { page, complaints }
  }

  /** Unfolds the first scenario and waits for its charts. */
  async function unfold(page: Page): Promise<void> {
    const first = page.locator('details.scenario').first()
    if ((await first.count()) === 0) return
    await first.locator('> summary').click()
    await first.locator('.body').waitFor()
    const charts = await first.locator('.chart').count()
    expect(charts).toBeGreaterThan(0)
    await expect.poll(() => first.locator('canvas').count()).toBe(charts)
  }

  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

  const runs: [string, () => RunRecord][] = [
    ['passing', samples.passingRun],
    ['failing', samples.failingRun],
    ['interrupted', samples.interruptedRun],
    ['invalid', samples.invalidRun],
    ['empty', samples.emptyRun],
    ['large', samples.largeRun],
    ['network', networkRun],
    ['load', loadRun],
    ['several targets', severalTargetsRun],
  ]

  test.each(runs)('a %s run opens without error, request or overflow', async (_, make) => {
    const record = make()
    for (const width of [1280, 400]) {
      const { page, complaints } = await open(record, { width })
      await unfold(page)
      expect(await page.locator('.verdict').textContent()).toContain(record.summary.sentence)
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
    }
  })

  test.each(['light', 'dark'] as const)('every text can be read in %s colours', async (scheme) => {
    for (const make of [samples.failingRun, networkRun, loadRun, severalTargetsRun]) {
      const { page } = await open(make(), { colorScheme: scheme })
      await unfold(page)
      expect(await page.evaluate(weakContrasts, 4.5)).toEqual([])
      expect(await page.evaluate(weakContrasts, 21.1)).not.toEqual([])
    }
  })

  test('the toggle turns the page dark and draws the charts again', async () => {
    const { page, complaints } = await open(samples.passingRun())
    await unfold(page)
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await page.getByRole('button', { name: 'Switch to dark colours' }).click()
    expect(await ground()).not.toBe(light)
    await page.getByRole('button', { name: 'Switch to light colours' }).waitFor()
    await expect.poll(() => page.locator('canvas').count()).toBe(4)
    expect(complaints).toEqual([])
  })

  test('text and status narrow the list, and say how many are left', async () => {
    const { page } = await open(samples.failingRun())
    const shown = page.locator('details.scenario:visible')
    await page.getByRole('searchbox').fill('TIMELINE viewer')
    expect(await shown.count()).toBe(1)
    expect(await page.getByRole('status').textContent()).toBe('1 of 9 scenarios')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: 'Skipped' }).click()
    expect(await shown.allInnerTexts()).toEqual([expect.stringContaining('nearest location')])
    await page.getByRole('button', { name: 'Warning' }).click()
    expect(await shown.count()).toBe(2)
  })

  test('a broken rule leads to its scenario, by keyboard too', async () => {
    const { page } = await open(samples.failingRun())
    const card = page.locator('.card', { hasText: 'h5live.timeline' })
    expect(await card.textContent()).toContain('a gap of 9,000 ticks')
    expect(await card.textContent()).toContain('ISO/IEC 14496-12, §8.8.12 (MUST)')
    await card.getByRole('button').focus()
    await page.keyboard.press('Enter')
    const opened = page.locator('details.scenario[open]')
    expect(await opened.count()).toBe(1)
    expect(await opened.locator('summary').textContent()).toContain('timeline without gaps')
    await page.keyboard.press('Enter')
    expect(await opened.count()).toBe(0)
  })

  test('broken rules come first in the matrix', async () => {
    const { page } = await open(samples.failingRun())
    const rows = await page.locator('table.matrix tbody th').allInnerTexts()
    expect(rows.slice(0, 3)).toEqual(['h5live.join', 'h5live.timeline', 'encoder.gop-length'])
    expect(rows).toHaveLength(10)
    const cells = page.locator('table.matrix tbody tr').first().locator('td')
    expect(await cells.first().getAttribute('aria-label')).toBe('Fail')
  })

  test('several targets stand side by side, broken rules first, with what was seen', async () => {
    const { page } = await open(severalTargetsRun())
    const table = page.locator('table.targets')
    expect(await table.locator('thead .name').allInnerTexts()).toEqual(['reference', 'elsewhere'])
    const rows = await table.locator('tbody th').allInnerTexts()
    expect(rows[0]).toBe('h5live.timeline')
    expect(await table.locator('tbody tr').first().locator('.word').allInnerTexts()).toEqual([
      'Pass',
      'Fail',
    ])
    expect(await table.locator('a').getAttribute('href')).toBe('../elsewhere-run/index.html')
    const told = page.locator('.target-told')
    expect(await told.count()).toBe(1)
    await told.locator('summary').click()
    expect(await told.innerText()).toContain('a gap of 9,000 ticks')
    expect(await told.innerText()).toContain('1 rule: elsewhere has no player page')
  })

  test('on paper what went wrong is unfolded, in light colours', async () => {
    const { page } = await open(samples.failingRun(), { colorScheme: 'dark' })
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
    const scheme = () => page.evaluate(() => document.documentElement.style.colorScheme)
    expect(await scheme()).toBe('light')
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('details.scenario[open]').count()).toBe(3)
    expect((await page.pdf()).length).toBeGreaterThan(10_000)
    await page.evaluate(() => dispatchEvent(new Event('afterprint')))
    expect(await scheme()).toBe('')
  })

  test.each([1280, 400])('at %d px the capacity comes first, then every step', async (width) => {
    const { page } = await open(loadRun(), { width })
    await unfold(page)
    const load = page.locator('.load')
    expect(await load.locator('.capacity strong').textContent()).toBe('3,000')
    expect(await load.locator('.scroll tbody tr').count()).toBe(4)
    expect(await load.locator('canvas').count()).toBe(2)
    const words = await load.locator('.outcome-word').evaluateAll((all) =>
      // A word that is broken over lines is higher than it is wide.
      all.map((word) => word.getBoundingClientRect().width > word.getBoundingClientRect().height),
    )
    expect(words).toEqual([true, true, true, true])
  })

  test.each([1280, 400])('at %d px a blackout stands above what it caused', async (width) => {
    const { page } = await open(networkRun(), { width })
    await unfold(page)
    const timeline = page.locator('.timeline').first()
    const box = (selector: string) =>
      timeline
        .locator(selector)
        .first()
        .evaluate((element) => {
          const { left, right, top, width } = element.getBoundingClientRect()
          return { left, right, top, width }
        })
    const plot = await box('.u-over')
    const dark = await box('.lane-bar.fail')
    const stall = await box('.lane-bar.invalid')
    const at = (seconds: number) => plot.left + (plot.width * seconds) / 24
    // Lanes and plots have one axis: from 8 s to 10 s it was dark, until 11.4 s no frame came.
    expect(Math.abs(dark.left - at(8))).toBeLessThan(1.5)
    expect(Math.abs(dark.right - at(10))).toBeLessThan(1.5)
    expect(Math.abs(stall.right - at(11.4))).toBeLessThan(1.5)
    expect(dark.top).toBeLessThan(plot.top)
    expect(await timeline.locator('.events summary').textContent()).toBe('3 events')
  })

  test('one cursor reads all charts, and a zoom moves the lanes, too', async () => {
    const { page, complaints } = await open(networkRun())
    await unfold(page)
    const timeline = page.locator('.timeline').first()
    const plot = timeline.locator('.u-over').first()
    await plot.scrollIntoViewIfNeeded()
    const { width } = (await plot.boundingBox())!
    await plot.hover({ position: { x: width / 4, y: 40 } })
    await expect
      .poll(() => timeline.locator('.readout').allInnerTexts())
      .toEqual([
        expect.stringMatching(/^(5\.9|6\.0)\d s$/),
        expect.stringMatching(/ ms$/),
        expect.stringMatching(/ kbit\/s$/),
        expect.stringMatching(/ kbit\/s$/),
        expect.stringMatching(/ kB$/),
      ])
    const dark = timeline.locator('.lane-bar.fail')
    const before = (await dark.boundingBox())!.width
    await page.mouse.down()
    await plot.hover({ position: { x: width / 2, y: 40 } })
    await page.mouse.up()
    await expect.poll(async () => (await dark.boundingBox())!.width).toBeCloseTo(before * 4, -1)
    await plot.dblclick()
    await expect.poll(async () => (await dark.boundingBox())!.width).toBeCloseTo(before, 0)
    expect(complaints).toEqual([])
  })

  test('protocols on the same link are compared, others are not', async () => {
    const { page } = await open(networkRun())
    const comparison = page.locator('#comparison')
    const paths = await comparison.locator('tbody th > .value').allInnerTexts()
    expect(paths).toEqual(['RTMP → H5Live', 'SRT → H5Live'])
    expect(await comparison.textContent()).toContain('lte (ingest, seed 42): blackout for 2 s')
    const { page: other } = await open(samples.passingRun())
    expect(await other.locator('#comparison').count()).toBe(0)
  })

  test('the best stands out in the table of its link, and what never recovered is told', async () => {
    const run = networkRun()
    const [rtmp, srt] = run.scenarios as [ScenarioRecord, ScenarioRecord]
    // The same pair on another link, where both are faster; there RTMP does not come back.
    const onLan = (scenario: ScenarioRecord, until: number): ScenarioRecord => ({
      ...scenario,
      id: `${scenario.id} lan`,
      links: scenario.links!.map((link) => ({ ...link, preset: 'lan' })),
      latency: scenario.latency.map((one) => ({ ...one, p50: one.p50 / 10 })),
      series: scenario.series.map((one) => ({
        ...one,
        points: one.points.filter(([at]) => at < until),
      })),
    })
    const scenarios = [...run.scenarios, onLan(rtmp, 10_000), onLan(srt, 24_000)]
    const { page } = await open({ ...run, scenarios })
    const tables = page.locator('#comparison table')
    expect(await tables.count()).toBe(2)
    // Each has its best p50, and only one.
    const best = tables.locator('td:nth-of-type(1).strong')
    expect(await best.count()).toBe(2)
    const recoveries = (await tables.locator('td:last-child').allInnerTexts()).slice(2)
    expect(recoveries).toEqual(['not within 14.0 s', expect.stringMatching(/ (ms|s)$/)])
    expect(await page.locator('#comparison .footnote').innerText()).toContain('p95 from before')
  })

  test.each([
    '</script><script>alert(1)</script>',
    '<img src=http://127.0.0.1:9/x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    'javascript:alert(1)',
    'http://127.0.0.1:9/',
    `\u202e\u2028<!--${'x'.repeat(300)}`,
  ])('a target cannot speak as the page: %s', async (text) => {
    const { page, complaints } = await open(samples.hostileRun(text), { width: 400 })
    await unfold(page)
    expect(await page.locator('img, svg, iframe, main script, main a[href]').count()).toBe(0)
    expect(await page.locator('.card').first().textContent()).toContain(text.slice(0, 12).trim())
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
  })
})
