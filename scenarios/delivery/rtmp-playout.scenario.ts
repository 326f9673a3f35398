import { spawn } from 'node:child_process'
import { expect } from 'vitest'
import { findStamp, STAMP_UUID, type Stamp } from '../../harness/measure/stamp.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import { findProgram } from '../../harness/setup/program.ts'
import { ffmpeg } from '../../harness/setup/programs.ts'

/** s of media */
const SECONDS = 4

scenario(
  'what is played over RTMP has every frame of the encoder, in order',
  { needs: ['ffmpeg'], concurrent: true },
  async ({ createStream, encoder, viewer, signal }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    await viewer.any(stream).frames(30)
    expect(stream.playout.play).toMatch(/^rtmp:/)
    const stamps = stampsIn(await play(stream.playout.play!, signal))
    const frames = stamps.map(({ frame }) => frame)
    expect(frames.length).toBeGreaterThan(SECONDS * 30 - 10)
    expect(frames).toEqual(frames.map((_, index) => frames[0]! + index))
  },
)

/** The video that ffmpeg gets from this address, as an H.264 byte stream. */
async function play(url: string, signal: AbortSignal): Promise<Buffer> {
  const input = ['-nostdin', '-v', 'error', '-i', url, '-t', String(SECONDS)]
  const output = ['-an', '-c:v', 'copy', '-f', 'h264', '-']
  const child = spawn(findProgram(ffmpeg)!, [...input, ...output], { signal, timeout: 20_000 })
  const chunks: Buffer[] = []
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect([code, said]).toEqual([0, ''])
  return Buffer.concat(chunks)
}

function stampsIn(bytes: Buffer): Stamp[] {
  const stamps: Stamp[] = []
  for (let at = bytes.indexOf(STAMP_UUID); at >= 0; at = bytes.indexOf(STAMP_UUID, at + 1)) {
    const stamp = findStamp(bytes.subarray(at, at + 200))
    if (stamp) stamps.push(stamp)
  }
  return stamps
}
