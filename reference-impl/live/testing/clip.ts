import { readFileSync } from 'node:fs'
import { parseAudioSpecificConfig } from '../../wire/aac.ts'
import { FlvTagType } from '../../wire/flv.ts'
import { readFlvFile } from '../../wire/flv-file.ts'
import { parseAudioTag, parseVideoTag } from '../../wire/flv-parse.ts'
import { avcCodecString, parseAvcC } from '../../wire/h264.ts'
import { parseH264Sps } from '../../wire/h264-sps.ts'
import { buildDOps, OPUS_RATE } from '../../wire/opus.ts'
import type { AudioTrack, Frame, VideoTrack } from '../frame.ts'

export interface Clip {
  readonly video: VideoTrack | undefined
  readonly audio: AudioTrack | undefined
  readonly frames: readonly Frame[]
  /** ms, to the end of the last frame (one frame of 30 fps after its time stamp) */
  readonly durationMs: number
}

const TICKS_PER_MS = 90
const FRAME_MS = 33

/** A clip of `fixtures/clips` as frames in the order of the file; they arrive at their time. */
export function readClip(name: string): Clip {
  const path = new URL(`../../../fixtures/clips/${name}.flv`, import.meta.url)
  return parseClip(readFileSync(path))
}

/** The video of one clip with the audio of another, interleaved by decode time. */
export function readClips(videoName: string, audioName: string): Clip {
  const { video, frames, durationMs } = readClip(videoName)
  const sound = readClip(audioName)
  const last = (durationMs - FRAME_MS) * TICKS_PER_MS
  const all = [...frames, ...sound.frames.filter((frame) => frame.dts <= last)]
  all.sort((a, b) => a.dts - b.dts)
  return { video, audio: sound.audio, frames: all, durationMs }
}

/** H.264, and AAC or Opus, out of FLV. */
export function parseClip(bytes: Uint8Array): Clip {
  let video: VideoTrack | undefined
  let audio: AudioTrack | undefined
  const frames: Frame[] = []
  for (const { type, timestamp, data } of readFlvFile(bytes)) {
    const dts = timestamp * TICKS_PER_MS
    if (type === FlvTagType.video) {
      const tag = parseVideoTag(data)
      if (tag.packet === 'sequence-header') video = videoTrack(tag.data)
      if (tag.packet !== 'frame') continue
      const pts = dts + tag.compositionMs * TICKS_PER_MS
      frames.push({ track: 'video', dts, pts, key: tag.key, data: tag.data, arrivedAt: timestamp })
    } else if (type === FlvTagType.audio) {
      const tag = parseAudioTag(data)
      if (tag.packet === 'sequence-header') audio = audioTrack(tag.data)
      if (tag.packet !== 'frame') continue
      if (tag.codec === 'Opus') audio ??= opusTrack
      frames.push({
        track: 'audio',
        dts,
        pts: dts,
        key: true,
        data: tag.data,
        arrivedAt: timestamp,
      })
    }
  }
  return {
    video,
    audio,
    frames,
    durationMs: Math.max(...frames.map((f) => f.arrivedAt)) + FRAME_MS,
  }
}

function videoTrack(config: Uint8Array): VideoTrack {
  const avc = parseAvcC(config)
  const { width, height } = parseH264Sps(avc.sps[0] ?? new Uint8Array())
  return { kind: 'video', codec: 'avc1', config, width, height, codecString: avcCodecString(avc) }
}

function audioTrack(config: Uint8Array): AudioTrack {
  const { sampleRate, channels, codecString } = parseAudioSpecificConfig(config)
  return { kind: 'audio', codec: 'mp4a', config, sampleRate, channels, codecString }
}

const opusTrack: AudioTrack = {
  kind: 'audio',
  codec: 'opus',
  config: buildDOps(2),
  sampleRate: OPUS_RATE,
  channels: 2,
  codecString: 'opus',
}
