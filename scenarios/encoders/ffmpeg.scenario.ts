import { setTimeout as delay } from 'node:timers/promises'
import { ingestSessions } from '../../harness/conformance/ingest-sessions.ts'
import { startFfmpegEncoder } from '../../harness/encoders/ffmpeg.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the real ffmpeg, set up as recommended, holds the rules and reaches a viewer',
  { needs: ['reference', 'ffmpeg'] },
  async ({ target, createStream, viewer, workbench, expectRules, signal }) => {
    const stream = await createStream()
    const to = { url: stream.ingest.rtmp, streamName: stream.name }
    const ffmpeg = await startFfmpegEncoder({ to, size: '640x360', videoKbps: 400, signal })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    await delay(4_000, undefined, { signal })
    await ffmpeg.stop()
    const sessions = (await ingestSessions(target, signal, stream.name)) ?? []
    workbench.gathered.push({ sessions })
    await expectRules('encoder', 'rtmp.client').toHold()
  },
)
