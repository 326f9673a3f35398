import { EnvironmentError } from '../../errors.ts'
import { type BrowserViewer, openBrowserViewer } from '../../viewers/browser-viewer.ts'
import { lacking } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, Finding, ProbedRule } from '../rule.ts'

/** s that it must play without a fault. */
const FULL_SECONDS = 30
/** Pictures a second that must at least be seen, of what the encoder sends: a loaded machine drops some. */
const LEAST_RATE = 10
/** ms without a new picture that count as standing still. */
const STILL_MS = 2_000
const START_MS = 15_000
const SLICE_MS = 1_000

export const plays: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'h5live.plays',
  level: 'must',
  title: 'Plays in Chromium through MSE: frames advance, and nothing fails to decode',
  source: { document: 'product page', clause: 'H5Live in browsers' },
  advice: 'look at the decode error: mostly the init segment and the frames do not fit each other',
  mutants: [{ kind: 'fault', id: 'wrong-avcc' }],
  probe: async (context) => {
    const expected = `frames advance, no decode error for ${FULL_SECONDS} s`
    const stream = await context.createStream()
    const encoder = await context.publish(stream)
    let browser: BrowserViewer
    try {
      browser = await openBrowserViewer(context.target, stream, { signal: context.signal })
    } catch (error) {
      await encoder.stop()
      if (!(error instanceof EnvironmentError)) throw error
      return lacking(expected, error)
    }
    try {
      return await watchPlayback(browser, context.playSeconds ?? FULL_SECONDS, expected)
    } finally {
      await Promise.all([browser.close(), encoder.stop()])
    }
  },
}

/** Watches a page play for so many seconds. */
export async function watchPlayback(
  browser: BrowserViewer,
  seconds: number,
  expected: string,
): Promise<Finding> {
  const started = await unlessFaulty(browser, 1, START_MS)
  if (started !== null) return { result: 'broken', expected, actual: started }
  await unlessFaulty(browser, Number.POSITIVE_INFINITY, seconds * 1000)
  const { presented, errors } = browser
  const first = presented[0]?.presentedAt ?? 0
  const last = presented.at(-1)?.presentedAt ?? 0
  const elapsed = (last - first) / 1000
  const evidence: Evidence[] = errors.map((note) => ({ note }))
  const still = longestWait(presented.map(({ presentedAt }) => presentedAt))
  if (still > STILL_MS)
    evidence.push({ note: `the picture stood still for ${still.toFixed(0)} ms` })
  if (elapsed < seconds - STILL_MS / 1000) {
    evidence.push({ note: `the last picture came ${elapsed.toFixed(1)} s after the first` })
  }
  if (presented.length < LEAST_RATE * elapsed) {
    evidence.push({ note: `${presented.length} pictures in ${elapsed.toFixed(1)} s` })
  }
  const backwards = presented.filter(
    ({ mediaTime }, index) => mediaTime < (presented[index - 1]?.mediaTime ?? 0),
  ).length
  if (backwards > 0) evidence.push({ note: `media time went backwards ${backwards} times` })
  const shorter = seconds < FULL_SECONDS ? ` (watched ${seconds} s only)` : ''
  const actual = `${presented.length} pictures in ${elapsed.toFixed(1)} s, longest wait ${still.toFixed(0)} ms, ${errors.length} errors${shorter}`
  return { result: evidence.length === 0 ? 'holds' : 'broken', expected, actual, evidence }
}

/** Waits for pictures in slices, so that an error ends the wait early; says why they did not come. */
async function unlessFaulty(
  browser: BrowserViewer,
  count: number,
  timeoutMs: number,
): Promise<string | null> {
  for (let waited = 0; ; waited += SLICE_MS) {
    const missing = await browser
      .frames(count, { timeoutMs: SLICE_MS })
      .then(() => null)
      .catch((error: Error) => error.message)
    if (missing === null) return null
    if (browser.errors.length > 0 || waited + SLICE_MS >= timeoutMs) return missing
  }
}

function longestWait(times: readonly number[]): number {
  let longest = 0
  for (let index = 1; index < times.length; index++) {
    longest = Math.max(longest, times[index]! - times[index - 1]!)
  }
  return longest
}
