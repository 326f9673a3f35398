import { type Browser, chromium } from 'playwright-core'
import { EnvironmentError } from '../errors.ts'
import { findProgram } from './program.ts'
import { chromium as chromiumProgram } from './programs.ts'

const START_MS = 20_000

/** Quiet, and without a network of its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
]

/** A camera and a microphone that Chromium makes up, and WebRTC that stays on this machine. */
export const FAKE_CAMERA = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks',
  '--autoplay-policy=no-user-gesture-required',
]

/**
 * Starts Chromium without a window.
 * @throws EnvironmentError `LP_CHROMIUM_MISSING`, `LP_CHROMIUM_START`
 */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findProgram(chromiumProgram)
  if (!executablePath)
    throw new EnvironmentError('LP_CHROMIUM_MISSING', 'Chromium is not installed')
  try {
    const args = [...ARGUMENTS, ...more]
    return await chromium.launch({ executablePath, args, timeout: START_MS })
  } catch (error) {
    throw new EnvironmentError('LP_CHROMIUM_START', (error as Error).message, { cause: error })
  }
}
