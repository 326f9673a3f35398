import type { Page } from 'playwright-core'
import { launchChromium } from '../setup/launch-chromium.ts'

const STEP_MS = 10_000

export interface OpenPage {
  readonly page: Page
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * A browser on a device's page, as the person who sets it up has it.
 * @throws EnvironmentError `LP_CHROMIUM_MISSING`, `LP_CHROMIUM_START`
 */
export async function openPage(url: string): Promise<OpenPage> {
  const browser = await launchChromium()
  const page = await browser.newPage()
  page.setDefaultTimeout(STEP_MS)
  await page.goto(url)
  return { page, close: () => browser.close().catch(() => {}) }
}
