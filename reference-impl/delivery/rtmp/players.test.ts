import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { IngestLog } from '../../ingest/ingest-log.ts'
import { defaultRtmpSeams } from '../../ingest/rtmp/seams.ts'
import { type RtmpIngest, startRtmpIngest } from '../../ingest/rtmp/server.ts'
import { RecordingGate } from '../../ingest/rtmp/testing/recording-gate.ts'
import { Hub } from '../../live/hub.ts'
import { createPublishGate } from '../../live/publish-gate.ts'
import { readClips } from '../../live/testing/clip.ts'
import { findProgram } from '../../live/testing/find-program.ts'
import { LiveFeed } from '../../live/testing/live-feed.ts'
import { MemoryDirectory } from '../../live/testing/memory-directory.ts'
import { defaultSeams } from '../../seams.ts'
import { RtmpPlayout } from './playout.ts'

const NAME = 'ABCDE-12345'
const ffmpeg = findProgram('FFMPEG_PATH', ['ffmpeg'])
const ffprobe = findProgram('FFPROBE_PATH', ['ffprobe'])
const rtmpdump = findProgram('RTMPDUMP_PATH', ['rtmpdump'])
const usable = [ffmpeg, ffprobe].every((program) => spawnSync(program ?? '').status !== null)

let folder: string
let ingest: RtmpIngest
let hub: Hub
let feed: LiveFeed
let url: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lp-play-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(async () => {
  const seams = defaultSeams()
  const directory = new MemoryDirectory()
  directory.add(NAME)
  hub = new Hub(seams.live, { graceMs: 0 })
  const gate = createPublishGate({ hub, directory, seams: seams.live })
  const publisher = { protocol: 'rtmp', session: 't', remote: '127.0.0.1:1', params: {} } as const
  const decision = await gate.request(NAME, publisher)
  if (!decision.ok) throw new TypeError(decision.refusal)
  feed = new LiveFeed(decision.publication, readClips('360p30', 'aac-48k'))
  ingest = await startRtmpIngest({
    host: '127.0.0.1',
    port: 0,
    gate: new RecordingGate(),
    log: new IngestLog(),
    seams: defaultRtmpSeams(),
    playout: new RtmpPlayout({ hub, directory, seams: seams.h5live }),
  })
  url = `rtmp://127.0.0.1:${ingest.port}/play/${NAME}`
})

afterEach(async () => {
  feed.stop()
  hub.close()
  await ingest.close()
})

function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; out: string }> {
  const child = spawn(program, args, { timeout: 20_000, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.on('data', (text: Buffer) => {
      out += text.toString()
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })))
}

describe.skipIf(!usable)('Players that others wrote (skipped where they are not installed)', () => {
  it('ffprobe finds both tracks', async () => {
    const entries = 'stream=codec_name,width,height,sample_rate,channels'
    const { code, out } = await run(ffprobe!, [
      '-v',
      'error',
      '-show_entries',
      entries,
      '-of',
      'compact',
      url,
    ])
    expect(code).toBe(0)
    expect(out).toContain('codec_name=h264|width=640|height=360')
    expect(out).toContain('codec_name=aac|sample_rate=48000|channels=2')
  })

  it('ffmpeg decodes two seconds without a complaint', async () => {
    const args = ['-nostdin', '-v', 'error', '-stats', '-i', url, '-t', '2', '-f', 'null', '-']
    const { code, out } = await run(ffmpeg!, args)
    expect(code).toBe(0)
    expect(out).toMatch(/frame= *60\b/)
    expect(out.replace(/frame=.*/g, '').trim()).toBe('')
  })

  it('ffmpeg ends with the stream', async () => {
    const playing = run(ffmpeg!, [
      '-nostdin',
      '-v',
      'error',
      '-i',
      url,
      '-c',
      'copy',
      '-f',
      'null',
      '-',
    ])
    await expect.poll(() => hub.get(NAME)?.subscribers, { timeout: 5000 }).toBe(1)
    hub.end(NAME, 'unpublished')
    expect(await playing).toEqual({ code: 0, out: '' })
  })

  it.skipIf(rtmpdump === undefined)(
    'rtmpdump saves what it gets, and is told of a wrong name',
    async () => {
      const file = join(folder, 'saved.flv')
      const saving = run(rtmpdump!, ['-q', '-r', url, '--live', '-o', file])
      await expect
        .poll(() => (existsSync(file) ? statSync(file).size : 0), { timeout: 10_000 })
        .toBeGreaterThan(60_000)
      hub.end(NAME, 'unpublished')
      await saving
      const { out } = await run(ffprobe!, [
        '-v',
        'error',
        '-show_entries',
        'stream=codec_name',
        '-of',
        'csv',
        file,
      ])
      expect(out).toContain('h264')
      expect(out).toContain('aac')
      const refused = await run(rtmpdump!, [
        '-r',
        url.replace(NAME, 'ABCDE-xxxxx'),
        '--live',
        '-o',
        `${file}.2`,
      ])
      expect(refused.code).not.toBe(0)
      expect(refused.out).toContain('NetStream.Play.StreamNotFound')
    },
  )
})
