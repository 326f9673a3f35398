import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLink } from '../../network/open-link.ts'
import { Workbench } from '../../scenario/workbench.ts'
import { type ReferenceTarget, startReferenceTarget } from '../../targets/reference.ts'
import { openBrowserViewer } from '../browser-viewer.ts'
import { swarmEngine } from './swarm-engine.ts'

const VIEWERS = 4
/** Gaps in what the encoder sends, each longer than what a player has in its buffer by then. */
const GAPS_MS = [1_800, 2_800]
/** Between them, for the buffer to settle. */
const REST_MS = 4_000
/** By how much the stalled time may differ, ms and share: the browser joins at its own time. */
const TOLERANCE = { ms: 700, share: 0.25 }

let target: ReferenceTarget
let bench: Workbench

beforeEach(async () => {
  target = await startReferenceTarget()
  bench = new Workbench(target, AbortSignal.timeout(60_000))
})

afterEach(async () => {
  await bench.close()
  await target.close()
})

test('the model of a player stalls as often and as long as the player in Chromium does', async () => {
  const stream = await bench.createStream()
  const ingest = new URL(stream.ingest.rtmp.replace(/^rtmp:/, 'http:'))
  const link = await openLink({
    preset: 'perfect',
    seed: 1,
    protocol: 'tcp',
    to: { host: ingest.hostname, port: Number(ingest.port) },
  })
  bench.atClose(() => link.close())
  const url = `rtmp://${link.address.host}:${link.address.port}${ingest.pathname}`
  await bench.publish(stream, { url })
  const browser = await openBrowserViewer(target, stream, {
    parameters: { 'playback.latencyControlMode': 'classic' },
  })
  bench.atClose(() => browser.close())
  await browser.frames(30)
  const played = GAPS_MS.reduce((sum, gap) => sum + gap + REST_MS, REST_MS)
  const crowd = swarmEngine({ threads: 1 }).run({
    kinds: [{ name: 'H5Live', format: 'h5live', weight: 1, urls: [stream.playout.h5live] }],
    stages: [{ viewers: VIEWERS, rampMs: 0, holdMs: played }],
    arrival: 'even',
    seed: 1,
    signal: bench.signal,
    onStage: () => true,
  })
  await delay(REST_MS)
  const before = await stallsOf(browser)
  for (const gap of GAPS_MS) {
    await link.blackout(gap)
    await delay(REST_MS)
  }
  const after = await stallsOf(browser)
  const { stalls, stalledMs } = (await crowd).total.playback
  const seen = { stalls: after.stalls - before.stalls, ms: after.stalledFor - before.stalledFor }
  const model = { stalls: stalls / VIEWERS, ms: stalledMs / VIEWERS }
  expect(seen.stalls).toBeGreaterThanOrEqual(GAPS_MS.length)
  expect(Math.abs(model.stalls - seen.stalls), JSON.stringify({ seen, model })).toBeLessThanOrEqual(
    1,
  )
  expect(Math.abs(model.ms - seen.ms), JSON.stringify({ seen, model })).toBeLessThan(
    TOLERANCE.ms + TOLERANCE.share * seen.ms,
  )
}, 60_000)

/** What the page's player counted: stalls, and ms that it stood still. */
async function stallsOf(browser: {
  playerStats(): Promise<unknown>
}): Promise<{ stalls: number; stalledFor: number }> {
  const stats = (await browser.playerStats()) as { stalls?: unknown; stalledFor?: unknown }
  return { stalls: Number(stats.stalls), stalledFor: Number(stats.stalledFor) }
}
