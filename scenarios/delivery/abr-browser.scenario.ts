import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { ScenarioContext } from '../../harness/scenario/context.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import type { Target } from '../../harness/targets/target.ts'
import { type BrowserViewer, openBrowserViewer } from '../../harness/viewers/browser-viewer.ts'

interface Stats {
  readonly entry: number
  readonly stalledFor: number
  readonly switches: readonly { readonly type: string; readonly doneAt: number | null }[]
}

/** Pixels: 720p and 360p tell which bitrate is on screen. */
const [HIGH, LOW] = [1280, 640]
const PATIENCE = { timeout: 30_000 }
/** ms that a player may stand still: without adaption it would be several seconds. */
const STALLED_MS = 1_000

scenario(
  'in Chromium the player goes down on a link that falls, and up again',
  { needs: ['reference', 'chromium'], timeoutMs: 90_000 },
  async (context) => {
    const { target, signal, link } = context
    const { high, low } = await twoBitrates(context)
    const narrow = link({
      schema: 'liveproof/link@1',
      id: 'falling',
      summary: 'A link that falls below the better bitrate, and recovers.',
      up: { delayMs: 20 },
      down: { delayMs: 20, rateKbps: 4_000 },
    })
    const query = {
      ws: await narrow.through(websocketOf(high.playout.h5live), 'delivery'),
      'entry.rtmp.streamname': high.name,
      'entry2.rtmp.streamname': low.name,
      startIndex: '0',
    }
    const browser = await openBrowserViewer(withQuery(target, query), high, { signal })
    context.workbench.atClose(() => browser.close())
    await shows(browser, HIGH)
    await delay(2_000, undefined, { signal })
    narrow.set({ down: { rateKbps: 950 } })
    await shows(browser, LOW)
    narrow.set({ down: { rateKbps: 500 } })
    await delay(2_000, undefined, { signal })
    narrow.set({ down: { rateKbps: 4_000 } })
    await shows(browser, HIGH)

    const stats = (await browser.playerStats()) as Stats
    expect(browser.errors).toEqual([])
    expect(stats.stalledFor).toBeLessThan(STALLED_MS)
    const done = stats.switches.filter(({ doneAt }) => doneAt !== null)
    expect(done.map(({ type }) => type).slice(0, 2)).toEqual(['down', 'up'])
  },
)

scenario(
  'in Chromium the player changes over by another connection, with no picture left out',
  { needs: ['reference', 'chromium'], timeoutMs: 90_000 },
  async (context) => {
    const { target, signal } = context
    const { high } = await twoBitrates(context)
    const query = { 'group.id': high.id, 'options.switch.method': 'client' }
    const browser = await openBrowserViewer(withQuery(target, query), high, { signal })
    context.workbench.atClose(() => browser.close())
    await shows(browser, HIGH)
    const change = browser.presented.findIndex(({ width }) => width === HIGH)
    await browser.frames(browser.presented.length + 30)

    expect(browser.errors).toEqual([])
    expect(browser.presented[0]!.width).toBe(LOW)
    const times = browser.presented.slice(Math.max(1, change - 15), change + 15)
    const steps = times.slice(1).map(({ mediaTime }, at) => mediaTime - times[at]!.mediaTime)
    expect(Math.min(...steps)).toBeGreaterThan(0)
    // A loaded machine leaves pictures out that were in hand: what was not in hand is a hole.
    const holes = steps.filter((step, at) => step >= 0.2 && step * 1000 > times[at]!.bufferedMs)
    expect(holes).toEqual([])
  },
)

async function twoBitrates({ createStream, encoder }: ScenarioContext) {
  const high = await createStream()
  const low = await createStream({ group: high.id })
  await Promise.all([encoder('osprey-talon', { to: high }), encoder('obs-29', { to: low })])
  return { high, low }
}

/** The newest picture has this width, now or soon. */
async function shows(browser: BrowserViewer, width: number): Promise<void> {
  await expect.poll(() => browser.presented.at(-1)?.width, PATIENCE).toBe(width)
}

function websocketOf(h5live: string): string {
  const url = new URL(h5live)
  url.search = ''
  return url.href
}

/** The target, with more in the address of its player page. */
function withQuery(target: Target, query: Record<string, string>): Target {
  const reference = target.reference!
  const player = new URL(reference.player)
  for (const [name, value] of Object.entries(query)) player.searchParams.set(name, value)
  return { ...target, reference: { ...reference, player: player.href } }
}
