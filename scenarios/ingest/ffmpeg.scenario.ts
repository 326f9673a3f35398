import { startFfmpegEncoder } from '../../harness/encoders/ffmpeg.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the real ffmpeg publishes over RTMP and reaches a viewer',
  { needs: ['ffmpeg'] },
  async ({ createStream, viewer, signal }) => {
    const stream = await createStream()
    const to = { url: stream.ingest.rtmp, streamName: stream.name }
    const ffmpeg = await startFfmpegEncoder({ to, size: '640x360', videoKbps: 400, signal })
    await viewer.any(stream).frames(90)
    await ffmpeg.stop()
  },
)
