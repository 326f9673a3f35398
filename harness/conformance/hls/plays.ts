import { EnvironmentError } from '../../errors.ts'
import { type BrowserViewer, openBrowserViewer } from '../../viewers/browser-viewer.ts'
import { lacking } from '../findings.ts'
import { watchPlayback } from '../h5live/plays.ts'
import { hlsRule } from './hls-rule.ts'

/** s that it must play without a fault. */
const FULL_SECONDS = 30

export const plays = hlsRule(
  {
    id: 'hls.plays',
    level: 'must',
    title: 'Plays in Chromium with hls.js in its low-latency mode: frames advance, nothing fails',
    source: { document: 'product page', clause: 'HLS in browsers' },
    advice: 'look at the first failed request or decode error in the page',
    mutants: [{ kind: 'fault', id: 'missing-segment' }],
  },
  async (probe, context) => {
    const expected = `frames advance, no error for ${FULL_SECONDS} s`
    let browser: BrowserViewer
    try {
      const options = { signal: context.signal, page: 'll-hls' } as const
      browser = await openBrowserViewer(context.target, probe.stream, options)
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      return lacking(expected, error)
    }
    try {
      return await watchPlayback(browser, context.playSeconds ?? FULL_SECONDS, expected)
    } finally {
      await browser.close()
    }
  },
)
