import { expect } from 'vitest'
import { openWebcaster } from '../../harness/encoders/whip-webcaster.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

/** ms that the picture may stand still on LTE: a loss costs a round trip, and the player buffers more. */
const STILL_MS = 1_000

scenario(
  'a browser broadcasts over LTE, and the player in another shows it over LTE without standing still',
  { needs: ['chromium', 'reference'], timeoutMs: 90_000 },
  async ({ target, createStream, viewer, link, workbench }) => {
    const stream = await createStream()
    const [uplink, downlink] = [link('lte'), link('lte')]
    const webcaster = await openWebcaster({
      url: await uplink.through(target.reference!.webcaster, 'ingest'),
      streamName: stream.name,
      parameters: { width: '640', height: '360' },
    })
    workbench.atClose(() => webcaster.close())
    const screen = await viewer.browser(stream, { through: downlink })
    await screen.frames(150, { timeoutMs: 40_000 })
    const shown = screen.presented.map(({ presentedAt }) => presentedAt)
    const gaps = shown.slice(1).map((at, index) => at - shown[index]!)
    expect(Math.max(...gaps)).toBeLessThan(STILL_MS)
    expect(screen.errors).toEqual([])
    // Media went through the links, and not past them.
    const media = uplink.open.find(({ protocol }) => protocol === 'udp')
    expect(media?.stats().up.delivered).toBeGreaterThan(150)
  },
)
