import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { encodeAmf0 } from '../../wire/amf0-encode.ts'
import {
  buildAacFrame,
  buildAacSequenceHeader,
  buildAvcFrame,
  buildAvcSequenceHeader,
} from '../../wire/flv-build.ts'
import { writeFlvFile } from '../../wire/flv-file.ts'
import { buildAvcC } from '../../wire/h264.ts'
import { joinLengthPrefixed } from '../../wire/nal.ts'
import { IngestLog } from '../ingest-log.ts'
import { defaultRtmpSeams } from './seams.ts'
import { type RtmpIngest, startRtmpIngest } from './server.ts'
import { RecordingGate } from './testing/recording-gate.ts'

const folder = mkdtempSync(join(tmpdir(), 'liveproof-librtmp-'))
const publisher = join(folder, 'publisher')
const source = new URL('testing/librtmp-publisher.c', import.meta.url).pathname
const compiled = spawnSync('cc', ['-o', publisher, source, '-l:librtmp.so.1'])
const missing = compiled.status !== 0

afterAll(() => rmSync(folder, { recursive: true, force: true }))

let ingest: RtmpIngest | undefined

afterEach(async () => {
  await ingest?.close()
})

const SPS = Buffer.from('6742c01ed900a02ff970110000030001000003003c0f162e48', 'hex')

/** 300 frames; a key frame of 20,000 bytes each second, so that chunks are cut and interleaved. */
function clip(): Buffer {
  const key = joinLengthPrefixed([Buffer.alloc(20_000, 0x65)])
  const slice = joinLengthPrefixed([Buffer.alloc(300, 0x41)])
  const frames = Array.from({ length: 300 }, (_, i) => [
    { type: 9, timestamp: i * 33, data: buildAvcFrame(i % 30 === 0, 0, i % 30 ? slice : key) },
    { type: 8, timestamp: i * 33 + 5, data: buildAacFrame(Buffer.alloc(100, i & 255)) },
  ])
  const header = buildAvcSequenceHeader(buildAvcC([SPS], [Buffer.from('68ce3c80', 'hex')]))
  return writeFlvFile([
    { type: 18, timestamp: 0, data: encodeAmf0('onMetaData', { width: 640, height: 360 }) },
    { type: 9, timestamp: 0, data: header },
    { type: 8, timestamp: 0, data: buildAacSequenceHeader(Buffer.from('1190', 'hex')) },
    ...frames.flat(),
  ])
}

async function publish(url: string): Promise<number | null> {
  const child = spawn(publisher, [url], { stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.on('error', () => undefined)
  child.stdin.end(clip())
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
}

// `missing` where there is no C compiler or no librtmp.so.1 (Debian: gcc, librtmp1).
describe.skipIf(missing)('librtmp (skipped without a C compiler or the library)', () => {
  it('publishes every frame, and is refused in words it understands', async () => {
    const log = new IngestLog()
    const gate = new RecordingGate()
    const base = { host: '127.0.0.1', port: 0, gate, log, seams: defaultRtmpSeams() }
    ingest = await startRtmpIngest(base)
    const url = `rtmp://127.0.0.1:${ingest.port}/live`
    expect(await publish(`${url}/ABCDE-12345`)).toBe(0)

    const [publication] = gate.publications
    expect(await publication?.ended).toBe('unpublished')
    const frames = publication?.frames ?? []
    expect(frames.filter((frame) => frame.track === 'video')).toHaveLength(300)
    expect(frames.filter((frame) => frame.track === 'audio')).toHaveLength(300)
    expect(frames.at(-2)).toMatchObject({ track: 'video', dts: 299 * 33 * 90, key: false })
    expect(frames[0]?.data).toHaveLength(20_004)
    expect(publication?.metadatas).toMatchObject([{ value: { width: 640, height: 360 } }])

    const events = log.list('ABCDE-12345')[0]?.events ?? []
    expect(events.some((event) => event.type === 'ack')).toBe(true)

    expect(await publish(`${url}/not-a-key`)).toBe(3)
    await ingest.close()
    expect(log.list('ABCDE-12345')).toMatchObject([{ closeReason: 'unpublished' }])
    expect(log.list('not-a-key')).toMatchObject([{ closeReason: 'refused' }])
  })
})

describe('the source of the librtmp publisher', () => {
  it('needs nothing but the library', () => {
    expect(readFileSync(source, 'utf8').match(/#include <(.*)>/g)).toEqual([
      '#include <stdio.h>',
      '#include <stdlib.h>',
    ])
  })
})
