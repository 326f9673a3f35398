import { startFfmpegEncoder } from '../../harness/encoders/ffmpeg.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the real ffmpeg publishes over RTMPS and reaches a viewer',
  { needs: ['reference', 'ffmpeg'] },
  async ({ target, createStream, viewer, signal }) => {
    const stream = await createStream()
    const to = { url: target.reference!.rtmps.url, streamName: stream.name }
    const ffmpeg = await startFfmpegEncoder({ to, size: '640x360', videoKbps: 400, signal })
    await viewer.h5live(stream).frames(90)
    await ffmpeg.stop()
  },
)
