import { setTimeout as delay } from 'node:timers/promises'
import { EnvironmentError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import type { TargetStream } from '../../targets/target.ts'
import { type BrowserViewer, openBrowserViewer } from '../../viewers/browser-viewer.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import { openHlsViewer } from '../../viewers/hls-viewer.ts'
import { presentedLatency } from '../../viewers/presented-latency.ts'
import { openProgressiveViewer } from '../../viewers/progressive-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Sends } from './fairly.ts'
import type { Format } from './limits.ts'
import { playbackOf, type SeenPlayback } from './seen-playback.ts'

/** ms that the stream runs before HLS players come: they start some segments back. */
const HLS_HISTORY_MS = 4_500
/** ms that HLS players are watched. */
const HLS_MS = 4_000

export function openViewer(
  format: Exclude<Format, 'browser'>,
  stream: TargetStream,
  signal: AbortSignal,
): Viewer | null {
  const { h5live, progressive, hls } = stream.playout
  const options = { signal, keepBytes: 0 }
  if (format === 'H5Live') return openH5LiveViewer(h5live, options)
  if (format === 'progressive') return openProgressiveViewer(progressive, options)
  if (hls === undefined) return null
  return openHlsViewer(hls, { ...options, lowLatency: format === 'LL-HLS' })
}

/** Publishes one stream and watches it in every format that the target has. */
export async function watchFormats(
  context: ProbeContext,
  { browser: withBrowser, sends }: { readonly browser: boolean; readonly sends: Sends },
): Promise<SeenPlayback[]> {
  const { signal } = context
  const stream = await context.createStream()
  const encoder = await context.publish(stream)
  const viewers: { format: Format; viewer: Viewer }[] = []
  const open = (format: Exclude<Format, 'browser'>) => {
    const viewer = openViewer(format, stream, signal)
    if (viewer !== null) viewers.push({ format, viewer })
    return viewer
  }
  let browser: BrowserViewer | null = null
  try {
    const first = open('H5Live')!
    open('progressive')
    await first.firstKeyFrame
    if (withBrowser) browser = await browserFor(context, stream)
    await delay(HLS_HISTORY_MS, undefined, { signal })
    for (const format of ['LL-HLS', 'HLS'] as const) {
      await open(format)?.firstKeyFrame.catch(() => {})
    }
    await delay(HLS_MS, undefined, { signal })
    const until = nowMs()
    sends(encoder)
    const seen = viewers.map(({ format, viewer }) => playbackOf(format, viewer.record, until))
    if (browser !== null) {
      const shown = presentedBy(browser, first, encoder.stats.framesSent)
      if (shown !== null) seen.push(shown)
    }
    return seen
  } finally {
    await Promise.allSettled(viewers.map(({ viewer }) => viewer.close()))
    await browser?.close()
    await encoder.stop()
  }
}

/** Only the target's own player says how far behind it chooses to play. */
async function browserFor(
  { target, signal }: ProbeContext,
  stream: TargetStream,
): Promise<BrowserViewer | null> {
  if (target.reference?.player === undefined) return null
  try {
    const browser = await openBrowserViewer(target, stream, { signal })
    await browser.frames(1)
    return browser
  } catch (error) {
    if (error instanceof EnvironmentError) return null
    throw error
  }
}

/** Pictures a second, of 30: with less, the machine was too slow to say anything of the target. */
const LEAST_RATE = 24

function presentedBy(browser: BrowserViewer, beside: Viewer, sent: number): SeenPlayback | null {
  const { presented } = browser
  const watchedMs = (presented.at(-1)?.presentedAt ?? 0) - (presented[0]?.presentedAt ?? 0)
  if (sent === 0 || presented.length < (LEAST_RATE * watchedMs) / 1000) return null
  const { latency } = presentedLatency(browser, beside.record)
  return { format: 'browser', latency, stalledMs: 0, watchedMs: 0 }
}
