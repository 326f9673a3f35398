import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { findProgram } from '../../harness/setup/program.ts'
import { ffmpeg } from '../../harness/setup/programs.ts'

scenario(
  'a stream with Opus plays over H5Live as it is, and has AAC as HLS and over RTMP',
  { needs: ['reference', 'ffmpeg'], concurrent: true, timeoutMs: 60_000 },
  async ({ createStream, encoder, viewer, signal }) => {
    const stream = await createStream()
    await encoder('obs-32', { to: stream, url: stream.ingest.whip!.url })
    const watch = viewer.h5live(stream)
    await watch.frames(30)
    const codecs = watch.record.events.flatMap((event) =>
      event.type === 'init' ? event.init.tracks.map(({ sampleEntry }) => sampleEntry) : [],
    )
    expect(codecs).toContain('Opus')

    const [played, hls] = await Promise.all([
      play(stream.playout.play!, signal),
      play(stream.playout.hls!, signal),
    ])
    for (const log of [played, hls]) {
      expect(log).toMatch(/Audio: aac/)
      expect(log).toMatch(/Video: h264/)
    }
    const hlsViewer = viewer.hls(stream)
    await hlsViewer.frames(60)
    expect(hlsViewer.stats.lost).toBe(0)
  },
)

/** What ffmpeg says of two seconds that it decodes. */
async function play(url: string, signal: AbortSignal): Promise<string> {
  const args = ['-nostdin', '-hide_banner', '-i', url, '-t', '2', '-f', 'null', '-']
  const run = promisify(execFile)
  const { stderr } = await run(findProgram(ffmpeg)!, args, { signal, timeout: 30_000 })
  return stderr
}
