import { Packager } from '../packager.ts'
import { type FragmentPacket, mediaOf, type Packet } from '../packet.ts'
import { defaultLiveSeams } from '../seams.ts'
import type { Clip } from './clip.ts'

export interface Packaged {
  readonly packets: readonly Packet[]
  readonly fragments: readonly FragmentPacket[]
  /** Initialisation segment and fragments, end to end. */
  readonly mp4: Buffer<ArrayBuffer>
}

/** All of a clip through a fresh packager. */
export function packageClip(clip: Clip): Packaged {
  const packets: Packet[] = []
  const packager = new Packager((packet) => packets.push(packet), defaultLiveSeams())
  if (clip.video !== undefined) packager.track(clip.video)
  if (clip.audio !== undefined) packager.track(clip.audio)
  for (const frame of clip.frames) packager.frame(frame)
  packager.flush()
  const media = packets.filter((packet) => packet.kind === 'init' || packet.kind === 'fragment')
  return {
    packets,
    fragments: media.filter((packet) => packet.kind === 'fragment'),
    mp4: Buffer.concat(media.map(mediaOf)),
  }
}
