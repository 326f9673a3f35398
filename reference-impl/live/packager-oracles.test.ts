import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ALL_FORMATS, BufferSource, type EncodedPacket, EncodedPacketSink, Input } from 'mediabunny'
import { createFile, MP4BoxBuffer } from 'mp4box'
import { afterAll, describe, expect, it } from 'vitest'
import { type Clip, readClips } from './testing/clip.ts'
import { findFfprobe } from './testing/find-program.ts'
import { packageClip } from './testing/package-clip.ts'

const ffprobe = findFfprobe()
const directory = await mkdtemp(join(tmpdir(), 'liveproof-oracles-'))
afterAll(() => rm(directory, { recursive: true }))

const CLIPS = ['360p30', '360p30-bframes', '720p30', '360p60']

describe.each(CLIPS)('The fragmented MP4 of %s', (name) => {
  const clip = readClips(name, 'aac-48k')
  const { mp4 } = packageClip(clip)

  it('says the same to mediabunny as the clip: payload, key frames, presentation times', async () => {
    const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(mp4) })
    const track = await input.getPrimaryVideoTrack()
    expect(await track?.getCodecParameterString()).toBe(clip.video?.codecString)
    const packets: EncodedPacket[] = []
    for await (const packet of new EncodedPacketSink(track!).packets()) packets.push(packet)
    const frames = videoOf(clip)
    expect(packets).toHaveLength(frames.length)
    const start = frames[0]!.pts
    packets.forEach((packet, index) => {
      const frame = frames[index]!
      expect(Buffer.compare(packet.data, frame.data)).toBe(0)
      expect(packet.type === 'key').toBe(frame.key)
      const presented = packet.timestamp - packets[0]!.timestamp
      expect(presented).toBeCloseTo((frame.pts - start) / 90_000, 5)
    })
    const audio = await input.getPrimaryAudioTrack()
    const heard: EncodedPacket[] = []
    for await (const packet of new EncodedPacketSink(audio!).packets()) heard.push(packet)
    expect(heard.length).toBeGreaterThan(0.95 * audioOf(clip).length)
    // Audio stays where it belongs beside the video.
    const offset = packets[0]!.timestamp - start / 90_000
    for (const packet of heard) {
      const frame = audioOf(clip).find((one) => Buffer.compare(one.data, packet.data) === 0)
      expect(frame).toBeDefined()
      expect(Math.abs(packet.timestamp - offset - frame!.pts / 90_000)).toBeLessThan(0.004)
    }
  })

  it('is parsed by mp4box with every sample', async () => {
    const file = createFile()
    const errors: string[] = []
    file.onError = (module, message) => errors.push(`${module}: ${message}`)
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(exactBuffer(mp4), 0), true)
    file.flush()
    expect(errors).toEqual([])
    const info = file.getInfo()
    expect(info.tracks.map((track) => track.codec)).toEqual([
      clip.video?.codecString,
      clip.audio?.codecString,
    ])
    expect(info.tracks[0]?.nb_samples).toBe(videoOf(clip).length)
  })

  it.runIf(ffprobe)('is decoded by ffmpeg without a complaint', async () => {
    const path = join(directory, `${name}.mp4`)
    await writeFile(path, mp4)
    const probe = await run(ffprobe ?? '', [
      ...['-v', 'error', '-count_frames', '-show_entries'],
      ...['stream=codec_name,width,height,nb_read_frames', '-of', 'json', path],
    ])
    expect(probe.stderr).toBe('')
    const { streams } = JSON.parse(probe.stdout) as { streams: Record<string, unknown>[] }
    expect(streams[0]).toMatchObject({
      codec_name: 'h264',
      width: clip.video?.width,
      height: clip.video?.height,
      nb_read_frames: String(videoOf(clip).length),
    })
    expect(streams[1]).toMatchObject({ codec_name: 'aac' })
  })
})

function videoOf(clip: Clip) {
  return clip.frames.filter((frame) => frame.track === 'video')
}

function audioOf(clip: Clip) {
  return clip.frames.filter((frame) => frame.track === 'audio')
}

function exactBuffer(buffer: Buffer<ArrayBuffer>): ArrayBuffer {
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length)
}

const run = promisify(execFile)
