import { readFileSync } from 'node:fs'
import { createFile, MP4BoxBuffer } from 'mp4box'
import { describe, expect, it } from 'vitest'
import type { Track } from '../live/frame.ts'
import { readFlvFile } from './flv-file.ts'
import { parseVideoTag } from './flv-parse.ts'
import { writeInit } from './fmp4-init.ts'

function tracksSeenByMp4Box(tracks: readonly Track[]) {
  const bytes = writeInit(tracks)
  const file = createFile()
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(bytes.slice().buffer, 0), true)
  file.flush()
  return file.getInfo().tracks
}

const avc = Uint8Array.from([1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 2, 0x67, 1, 1, 0, 1, 0x68])

describe('The initialisation segment', () => {
  it('describes HEVC', () => {
    const path = new URL('../../fixtures/clips/360p30-hevc.flv', import.meta.url)
    const tag = readFlvFile(readFileSync(path)).find(({ type }) => type === 9)
    const { codec, data } = parseVideoTag(tag!.data)
    expect(codec).toBe('hvc1')
    const base = { kind: 'video', width: 640, height: 360, codecString: '' } as const
    const [track] = tracksSeenByMp4Box([{ ...base, codec: 'hvc1', config: data }])
    expect(track).toMatchObject({ timescale: 90_000, video: { width: 640, height: 360 } })
    expect(track?.codec).toMatch(/^hvc1\./)
  })

  it('describes AV1 and Opus', () => {
    const av1C = Uint8Array.from([0x81, 0x05, 0x0c, 0x00])
    const dOps = Uint8Array.from([0, 2, 1, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0])
    const tracks = tracksSeenByMp4Box([
      { kind: 'video', codec: 'av01', config: av1C, width: 1920, height: 1080, codecString: '' },
      {
        kind: 'audio',
        codec: 'opus',
        config: dOps,
        sampleRate: 48_000,
        channels: 2,
        codecString: '',
      },
    ])
    expect(tracks.map(({ codec }) => codec)).toEqual(['av01.0.05M.08', 'Opus'])
    expect(tracks[1]).toMatchObject({
      timescale: 48_000,
      audio: { sample_rate: 48_000, channel_count: 2 },
    })
  })

  it('says that NAL lengths are 4 bytes, as frames have them, and keeps the rest', () => {
    const twoBytes = avc.slice()
    twoBytes[4] = 0xfd
    const video = { kind: 'video', codec: 'avc1', width: 2, height: 2, codecString: '' } as const
    const same = writeInit([{ ...video, config: avc }])
    expect(Buffer.compare(writeInit([{ ...video, config: twoBytes }]), same)).toBe(0)
    expect(Buffer.from(same).includes(avc)).toBe(true)
    expect(twoBytes[4]).toBe(0xfd)
  })
})
