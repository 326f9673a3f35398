import HLS from 'hls-parser'
import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { openAbrViewer } from '../../harness/viewers/abr-viewer.ts'
import { openH5LiveViewer } from '../../harness/viewers/h5live-viewer.ts'
import type { ViewerRecord } from '../../harness/viewers/viewer-record.ts'

const PROFILE = 'vtrans2-320x180x120x15'
/** The encoder sends 30 pictures a second, the transcode has every second of them. */
const EVERY = 2

scenario(
  'a stream is transcoded with the key frames and stamps of its source, and viewers change over without losing a picture',
  { needs: ['reference', 'ffmpeg'], timeoutMs: 90_000 },
  async ({ createStream, encoder, signal, workbench }) => {
    const stream = await createStream({ transcodes: [{ profile: PROFILE }] })
    const renditions = stream.renditions!
    expect(renditions.map(({ index }) => index)).toEqual([0, 1])
    await encoder('obs-29', { to: stream })
    await live(renditions[1]!.h5live, signal)

    for (const method of ['server', 'client'] as const) {
      const viewer = openAbrViewer(renditions, { signal, method, adaptive: false })
      workbench.atClose(() => viewer.close())
      await viewer.until(() => (framesOf(viewer.record).length >= 40 ? true : undefined), 15_000)
      for (const to of [1, 0]) {
        const { length } = viewer.switches
        viewer.switchTo(to)
        await viewer.until(() => viewer.switches[length]?.doneAt ?? undefined, 15_000)
        const before = framesOf(viewer.record).length
        await viewer.until(
          () => (framesOf(viewer.record).length >= before + 40 ? true : undefined),
          15_000,
        )
      }
      await viewer.close()
      // By another connection the group that is cached comes again: there it is played once.
      const frames = framesOf(viewer.record)
      const steps = frames.slice(1).map((frame, index) => frame - frames[index]!)
      if (method === 'server') {
        expect(new Set(steps)).toEqual(new Set([1, EVERY]))
        expect(viewer.playback.stalls).toBe(0)
      }
      expect(Math.max(...steps)).toBeLessThanOrEqual(EVERY)
    }

    const index = await fetch(stream.playout.hls!, { signal })
    const master = HLS.parse(await index.text()) as HLS.types.MasterPlaylist
    expect(master.variants.map(({ resolution }) => resolution?.width)).toEqual([640, 320])
  },
)

/** A transcode is live once the first pictures of it are made. */
async function live(url: string, signal: AbortSignal): Promise<void> {
  const attempt = async () => {
    const viewer = openH5LiveViewer(url, { signal })
    const came = await viewer.frames(1).then(
      () => true,
      () => false,
    )
    await viewer.close()
    return came
  }
  await expect.poll(attempt, { timeout: 15_000 }).toBe(true)
}

/** Numbers of the pictures, by their stamps, in the order in which they came. */
function framesOf({ events }: ViewerRecord): number[] {
  return events.flatMap((event) =>
    event.type === 'fragment'
      ? event.tracks.flatMap(({ samples }) =>
          samples.flatMap(({ stamp }) => (stamp === null ? [] : [stamp.frame])),
        )
      : [],
  )
}
