import { type Browser, chromium, type Page } from 'playwright-core'
import { EnvironmentError } from '../errors.ts'
import { findProgram } from '../setup/program.ts'
import { chromium as chromiumProgram } from '../setup/programs.ts'

const START_MS = 20_000
const STEP_MS = 10_000

/** Loopback only, and quiet. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

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
  const executablePath = findProgram(chromiumProgram)
  if (!executablePath)
    throw new EnvironmentError('LP_CHROMIUM_MISSING', 'Chromium is not installed')
  const browser = await launch(executablePath)
  const page = await browser.newPage()
  page.setDefaultTimeout(STEP_MS)
  await page.goto(url)
  return { page, close: () => browser.close().catch(() => {}) }
}

async function launch(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({ executablePath, args: ARGUMENTS, timeout: START_MS })
  } catch (error) {
    throw new EnvironmentError('LP_CHROMIUM_START', (error as Error).message, { cause: error })
  }
}
