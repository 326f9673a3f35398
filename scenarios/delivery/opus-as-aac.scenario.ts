import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { findProgram } from '../../harness/setup/program.ts'
import { ffmpeg } from '../../harness/setup/programs.ts'
import type { ViewerRecord } from '../../harness/viewers/viewer-record.ts'

scenario(
  'a stream with Opus plays over H5Live as it is, and has AAC as HLS, over RTMP and where it is pushed',
  { needs: ['reference', 'ffmpeg'], concurrent: true, timeoutMs: 60_000 },
  async ({ target, createStream, encoder, viewer, signal }) => {
    const [stream, destination] = [await createStream(), await createStream()]
    const put = await fetch(`${target.api}/stream/${stream.id}/push_url`, {
      method: 'PUT',
      headers: { 'X-BINTU-APIKEY': target.apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify({ url: `${destination.ingest.rtmp}/${destination.name}` }),
      signal,
    })
    expect(put.status).toBe(200)
    await encoder('obs-32', { to: stream, url: stream.ingest.whip!.url })
    const watch = viewer.h5live(stream)
    await watch.frames(30)
    expect(codecsOf(watch)).toContain('Opus')
    const pushed = viewer.h5live(destination)
    await pushed.frames(60)
    expect(codecsOf(pushed)).toEqual(['avc1', 'mp4a'])
    expect(pushed.stats.lost).toBe(0)

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

/** Of the tracks that a viewer was told of. */
function codecsOf({ record }: { readonly record: ViewerRecord }): string[] {
  return record.events.flatMap((event) =>
    event.type === 'init' ? event.init.tracks.map(({ sampleEntry }) => sampleEntry) : [],
  )
}

/** What ffmpeg says of two seconds that it decodes. */
async function play(url: string, signal: AbortSignal): Promise<string> {
  const args = ['-nostdin', '-hide_banner', '-i', url, '-t', '2', '-f', 'null', '-']
  const run = promisify(execFile)
  const { stderr } = await run(findProgram(ffmpeg)!, args, { signal, timeout: 30_000 })
  return stderr
}
