import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { weakContrasts } from '../report/page-probe.ts'
import { launchChromium } from '../setup/launch-chromium.ts'
import { findProgram } from '../setup/program.ts'
import { chromium as program } from '../setup/programs.ts'
import { startLivePage } from './live-page.ts'
import { liveState } from './testing/live-state.ts'

const executablePath = findProgram(program)

describe.skipIf(!executablePath)('the live page in Chromium', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  async function open(look: { colorScheme?: 'light' | 'dark'; width?: number } = {}) {
    const { colorScheme = 'light', width = 1280 } = look
    const live = await startLivePage()
    const page = await browser.newPage({
      ...{ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' },
    })
    onTestFinished(async () => {
      await page.close()
      await live.close()
    })
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
    await page.goto(live.url)
    return { live, page, complaints }
  }

  test('each rule turns red and green, with advice while it is red', async () => {
    const { live, page, complaints } = await open()
    live.show(liveState({ phase: 'waiting', device: null }))
    await page.getByText('Waiting for an encoder over RTMP').waitFor()
    expect(await page.locator('.form').getAttribute('open')).not.toBeNull()
    live.show(liveState({}, 8))
    const red = page.locator('.rule.fail')
    await red.waitFor()
    expect(await red.textContent()).toMatch(
      /encoder\.gop-length.*Set the key-frame interval to 2 s/,
    )
    expect(await page.locator('.rule').first().getAttribute('class')).toContain('fail')
    expect(await page.locator('.form').getAttribute('open')).toBeNull()
    live.show(liveState())
    await red.waitFor({ state: 'detached' })
    const green = page.locator('.rule.pass', { hasText: 'encoder.gop-length' })
    expect(await green.count()).toBe(1)
    live.show(
      liveState({
        phase: 'over',
        verdict: { status: 'pass', sentence: 'Conformant.', report: 'out/index.html' },
      }),
    )
    await page.locator('.phase.pass', { hasText: 'Conformant.' }).waitFor()
    expect(complaints).toEqual([])
  })

  test.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 400 },
  ] as const)('can be read at $width px, $colorScheme', async (look) => {
    const { live, page, complaints } = await open(look)
    const hint = 'the connection is gone'
    live.show(liveState({ hint, reactions: [{ at: 1, text: 'cut', reaction: 'came back' }] }, 8))
    await page.locator('.rule.fail').waitFor()
    expect(await page.evaluate(weakContrasts, 4.5)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width)
    expect(complaints).toEqual([])
  })
})
