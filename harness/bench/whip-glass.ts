import { setTimeout as delay } from 'node:timers/promises'
import { BAR_CODE_HEIGHT, BAR_CODE_MODULUS, barCodeCells } from '../measure/bar-code.ts'
import { mapClock } from '../measure/clock-mapping.ts'
import { Histogram } from '../measure/histogram.ts'
import { FAKE_CAMERA, launchChromium } from '../setup/launch-chromium.ts'
import { findProgram, versionOf } from '../setup/program.ts'
import { chromium } from '../setup/programs.ts'
import { openBrowserViewer, type PresentedFrame } from '../viewers/browser-viewer.ts'
import { PAGE_CLOCK_MS } from '../viewers/limits.ts'
import { type Benchmark, percentileFigure } from './benchmark.ts'
import { clockCamera } from './clock-camera.ts'
import { withReference } from './with-reference.ts'

const FRAME_RATE = 30
/** Pictures before measuring: encoder and player find their pace. */
const WARM_UP = 90
/** Half a turn of the bar code's numbers. */
const MAX_AGE_FRAMES = BAR_CODE_MODULUS / 2

export const whipGlass: Benchmark = {
  id: 'whip-glass',
  title: "Glass to glass, a browser's camera over WHIP to a browser's player, 640x360",
  method:
    "A canvas stands in for the camera of Chromium, with the frame's number as a bar code; the time " +
    'is taken when it is drawn. Another Chromium plays the stream in the player page, and the bar ' +
    'code of each presented picture is read back out of its pixels. Clocks of both pages are mapped ' +
    'to one by exchanges; the error bound is the sum of both. Software encoding and decoding: the ' +
    'way through a real camera and its driver is not in the figures. The goal is for the fast player, ' +
    '`playback.latencyControlMode=fastadaptive`, the vendor’s mode for interaction. The player as it ' +
    'comes (`balancedadaptive`) trades latency for a larger buffer; its figures ' +
    'stand below without a goal, and do not claim this one.',
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      const browser = await launchChromium(FAKE_CAMERA)
      bench.atClose(() => browser.close())
      const page = await browser.newPage()
      const cells = Array.from({ length: BAR_CODE_MODULUS }, (_, i) => barCodeCells(i))
      const settings = { cells, stripHeight: BAR_CODE_HEIGHT, frameRate: FRAME_RATE }
      await page.addInitScript(clockCamera, settings)
      const url = new URL(bench.target.reference?.webcaster ?? '')
      url.search = String(
        new URLSearchParams({ stream: stream.name, width: '640', height: '360', fps: '30' }),
      )
      await page.goto(url.href)
      await page.waitForFunction(() => 'liveproofWebcaster' in window)
      await page.evaluate(() => window.liveproofWebcaster.start())
      const clock = await mapClock(() => page.evaluate(() => performance.now()), PAGE_CLOCK_MS)

      const watch = async (mode: string) => {
        const parameters = { 'playback.latencyControlMode': mode }
        const viewer = await openBrowserViewer(bench.target, stream, { signal, parameters })
        bench.atClose(() => viewer.close())
        await viewer.frames(WARM_UP)
        await delay(seconds * 1000, undefined, { signal })
        await viewer.close()
        const drawnAt = await page.evaluate(() => window.liveproofDrawnAt)
        const drawn = drawnAt.map((at) => at + clock.offsetMs)
        const latency = new Histogram(clock.errorBoundMs + viewer.clock.errorBoundMs)
        const pictures = viewer.presented.slice(WARM_UP)
        let unread = 0
        for (const picture of pictures) {
          const at = drawnWhen(picture, drawn)
          if (at === null) unread++
          else latency.record(picture.presentedAt - at)
        }
        return { latency, unread, pictures: pictures.length }
      }
      const { latency, unread, pictures } = await watch('fastadaptive')
      const usual = await watch('balancedadaptive')
      return [
        percentileFigure('fast player', latency, 50),
        percentileFigure('fast player', latency, 95, { operator: '<=', value: 500 }),
        percentileFigure('fast player', latency, 99),
        percentileFigure('player as it comes', usual.latency, 50),
        percentileFigure('player as it comes', usual.latency, 95),
        {
          name: 'error bound of the clocks',
          value: latency.errorBoundMs,
          unit: 'ms',
          count: 2,
          bound: 'half the shortest exchange of each page',
        },
        {
          name: 'pictures without a readable number',
          value: ((unread + usual.unread) / Math.max(1, pictures + usual.pictures)) * 100,
          unit: '%',
          count: pictures + usual.pictures,
          bound: `exact; ${browserVersion()}`,
        },
      ]
    }),
}

/** When the picture was drawn: the last frame with its number that is not after it. */
function drawnWhen({ barCode, presentedAt }: PresentedFrame, drawn: readonly number[]) {
  if (barCode === null) return null
  let newest = drawn.findLastIndex((at) => at <= presentedAt)
  for (let back = 0; back < MAX_AGE_FRAMES && newest >= 0; back++, newest--) {
    if (newest % BAR_CODE_MODULUS === barCode) return drawn[newest] ?? null
  }
  return null
}

function browserVersion(): string {
  return versionOf(chromium, findProgram(chromium) ?? '') ?? 'Chromium'
}
