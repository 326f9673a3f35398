import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { openWebcaster, type Webcaster } from '../../harness/encoders/whip-webcaster.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

/** ms that the picture may stand still on LTE: a loss costs a round trip, and the player buffers more. */
const STILL_MS = 1_000
/** Less than the camera's picture and sound need. */
const NARROW_KBPS = 150
/** Of what the browser sent before: a share that noise does not reach. */
const LOWERED = 0.6
const REACTION_S = 20

scenario(
  'a browser broadcasts over LTE to a player over LTE that does not stand still, and lowers its bitrate when the uplink gets too narrow',
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

    // Of three seconds, so that one in which the machine was busy is not taken for usual.
    const seconds = [
      await videoKbps(webcaster),
      await videoKbps(webcaster),
      await videoKbps(webcaster),
    ]
    const usual = Math.max(...seconds)
    // A queue that holds 20 s at this rate would hide it: only what is lost tells the browser.
    uplink.set({ up: { rateKbps: NARROW_KBPS, queue: { ms: 200 } } })
    let lowest = usual
    for (let s = 0; s < REACTION_S && lowest > LOWERED * usual; s++)
      lowest = Math.min(lowest, await videoKbps(webcaster))
    expect(lowest).toBeLessThanOrEqual(LOWERED * usual)
    uplink.set({ up: { rateKbps: 12_000, queue: { bytes: 400_000 } } })
    await screen.frames(screen.presented.length + 60, { timeoutMs: 20_000 })
  },
)

/** What the browser sends in a second, retransmissions included. */
async function videoKbps(webcaster: Webcaster): Promise<number> {
  const [from, before] = [performance.now(), await webcaster.stats()]
  await delay(1_000)
  const { videoBytesSent = 0 } = await webcaster.stats()
  return ((videoBytesSent - (before['videoBytesSent'] ?? 0)) * 8) / (performance.now() - from)
}
