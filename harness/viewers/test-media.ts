import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ffmpeg = process.env['FFMPEG_PATH'] ?? 'ffmpeg'
const clips = new URL('../../fixtures/clips/', import.meta.url).pathname
let files = 0

export interface TestMediaOptions {
  /** Names of clips in fixtures/clips; none: no such track. */
  readonly video?: string
  readonly audio?: string
  /** ffmpeg's movflags */
  readonly movflags?: string
  /** ffmpeg output options instead of `-c copy`. */
  readonly codecs?: readonly string[]
  /** s */
  readonly duration?: number
}

export const MOVFLAGS = 'frag_every_frame+empty_moov+default_base_moof'

/** For tests: a fragmented MP4 that ffmpeg made, so not by any code of ours. */
export async function makeFragmentedMp4(options: TestMediaOptions): Promise<Buffer> {
  const path = join(tmpdir(), `lp-media-${process.pid}-${files++}.mp4`)
  const inputs = [options.video, options.audio].filter((name) => name !== undefined)
  const args = [
    ...inputs.flatMap((name) => ['-i', join(clips, `${name}.flv`)]),
    ...inputs.flatMap((_, index) => ['-map', `${index}`]),
    ...(options.codecs ?? ['-c', 'copy']),
    ...['-t', `${options.duration ?? 2}`, '-movflags', options.movflags ?? MOVFLAGS],
  ]
  await run(ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args, path], { timeout: 20_000 })
  const bytes = await readFile(path)
  await rm(path)
  return bytes
}
