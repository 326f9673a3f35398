import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import type { Target } from '../../harness/targets/target.ts'
import { openBrowserViewer } from '../../harness/viewers/browser-viewer.ts'

interface Stats {
  readonly entry: number
  readonly stalls: number
  readonly switches: readonly { readonly type: string; readonly doneAt: number | null }[]
}

scenario.each(['server', 'client'])(
  'in Chromium the player goes up to the better bitrate by itself, with no picture left out (%s)',
  { needs: ['reference', 'chromium'], timeoutMs: 90_000 },
  async ({ target, createStream, encoder, workbench, signal }, method) => {
    const high = await createStream()
    const low = await createStream({ group: high.id })
    await Promise.all([encoder('osprey-talon', { to: high }), encoder('obs-29', { to: low })])
    const page = withQuery(target, { 'group.id': high.id, 'options.switch.method': method })
    const browser = await openBrowserViewer(page, high, { signal })
    workbench.atClose(() => browser.close())
    await expect
      .poll(() => browser.presented.some(({ width }) => width === 1280), { timeout: 40_000 })
      .toBe(true)
    const change = browser.presented.findIndex(({ width }) => width === 1280)
    await browser.frames(browser.presented.length + 30)

    expect(browser.errors).toEqual([])
    expect(browser.presented[0]!.width).toBe(640)
    const stats = (await browser.playerStats()) as Stats
    expect(stats.entry).toBe(0)
    expect(stats.switches).toMatchObject([{ type: 'up', doneAt: expect.any(Number) }])
    const around = browser.presented.slice(Math.max(1, change - 15), change + 15)
    for (const { mediaTime } of around) {
      const before = browser.presented.findLast((one) => one.mediaTime < mediaTime)!
      // A loaded machine leaves a picture or two out; a hole in the media is larger.
      expect(mediaTime - before.mediaTime).toBeLessThan(0.2)
    }
    expect(around.map(({ mediaTime }) => mediaTime)).toEqual(
      around.map(({ mediaTime }) => mediaTime).toSorted((a, b) => a - b),
    )
  },
)

/** The target, with more in the address of its player page. */
function withQuery(target: Target, query: Record<string, string>): Target {
  const reference = target.reference!
  const player = new URL(reference.player)
  for (const [name, value] of Object.entries(query)) player.searchParams.set(name, value)
  return { ...target, reference: { ...reference, player: player.href } }
}
