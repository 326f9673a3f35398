import { spawn, spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { IngestLog } from '../ingest-log.ts'
import { createCertificate } from './certificate.ts'
import { defaultRtmpSeams } from './seams.ts'
import { type RtmpIngest, startRtmpIngest } from './server.ts'
import { RecordingGate } from './testing/recording-gate.ts'

const FFMPEG = process.env['FFMPEG_PATH'] ?? 'ffmpeg'
const missing = spawnSync(FFMPEG, ['-version']).status !== 0

let ingest: RtmpIngest | undefined

afterEach(async () => {
  await ingest?.close()
})

/** One second of test picture and tone, as fast as it goes; returns ffmpeg's exit code. */
async function publish(url: string): Promise<number | null> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc=s=320x180:r=30:d=1']
  const tone = ['-f', 'lavfi', '-i', 'sine=r=48000:d=1']
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
  const quiet = ['-nostdin', '-v', 'error']
  const child = spawn(FFMPEG, [...quiet, ...picture, ...tone, ...codecs, '-f', 'flv', url], {
    stdio: 'ignore',
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
}

describe.skipIf(missing)('ffmpeg (skipped where it is not installed)', () => {
  it.each(['rtmp', 'rtmps'] as const)('publishes over %s, every frame of it', async (scheme) => {
    const log = new IngestLog()
    const gate = new RecordingGate()
    const tls = scheme === 'rtmps' ? { tls: await createCertificate('127.0.0.1') } : {}
    const base = { host: '127.0.0.1', port: 0, gate, log, seams: defaultRtmpSeams() }
    ingest = await startRtmpIngest({ ...base, ...tls })
    const url = `${scheme}://127.0.0.1:${ingest.port}/live`
    expect(await publish(`${url}/ABCDE-12345?a=b`)).toBe(0)

    const [publication] = gate.publications
    expect(await publication?.ended).toBe('unpublished')
    const count = (track: string) =>
      publication?.frames.filter((frame) => frame.track === track).length
    expect(count('video')).toBe(30)
    expect(count('audio')).toBeGreaterThanOrEqual(47)
    expect(publication?.tracks).toMatchObject([
      { kind: 'video', codec: 'avc1', width: 320, height: 180 },
      { kind: 'audio', codec: 'mp4a', sampleRate: 48000, channels: 1 },
    ])
    expect(publication?.metadatas).toMatchObject([{ handler: 'onMetaData' }])
    expect(gate.publishers).toMatchObject([{ protocol: scheme, params: { a: 'b' } }])

    expect(await publish(`${url}/not-a-key`)).not.toBe(0)
    await ingest.close()
    expect(log.list('ABCDE-12345')).toMatchObject([{ closeReason: 'unpublished' }])
    expect(log.list('not-a-key')).toMatchObject([{ closeReason: 'refused' }])
  })
  it('as a player checks our digests, and is told that playback is not offered', async () => {
    const log = new IngestLog()
    const gate = new RecordingGate()
    const base = { host: '127.0.0.1', port: 0, gate, log, seams: defaultRtmpSeams() }
    ingest = await startRtmpIngest(base)
    const child = spawn(FFMPEG, [
      ...['-nostdin', '-v', 'error', '-i', `rtmp://127.0.0.1:${ingest.port}/play/ABCDE-12345`],
      ...['-f', 'null', '-'],
    ])
    let said = ''
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString()
    })
    expect(await new Promise((resolve) => child.once('close', resolve))).not.toBe(0)
    expect(said).toContain('Playback over RTMP is not offered here')
    const [handshake] = log.list()[0]?.events ?? []
    expect(handshake).toMatchObject({ digest: 0, c2AnswersDigest: true, c2EchoesS1: false })
  })
})
