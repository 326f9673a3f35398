import type { AudioTrack, Metadata, Track, VideoTrack } from './frame.ts'

/** Free bytes in front of packaged media, for a transport's own header (10: WebSocket's longest). */
export const PACKET_HEADROOM = 10

export interface TrackSet {
  readonly video?: VideoTrack
  readonly audio?: AudioTrack
}

export function tracksOf(set: TrackSet): readonly Track[] {
  return [set.video, set.audio].filter((track) => track !== undefined)
}

/** Media bytes, packaged once and written to every viewer. Never modified behind the headroom. */
interface MediaBytes {
  /** `PACKET_HEADROOM` free bytes, then the media. */
  readonly buffer: Buffer
}

export interface InitPacket extends MediaBytes {
  readonly kind: 'init'
  readonly tracks: TrackSet
}

export interface FragmentPacket extends MediaBytes {
  readonly kind: 'fragment'
  readonly sequence: number
  /** Viewers can start here: the first video sample is a key frame, or there is no video. */
  readonly key: boolean
  /** Decode time of its first sample, 90 kHz ticks on the viewer's timeline. */
  readonly time: number
  /** By how much it moves the timeline on, 90 kHz ticks: its video; its audio where that is all. */
  readonly duration: number
  /** When its first frame arrived, ms of the monotonic clock. */
  readonly arrivedAt: number
  /**
   * When its first video frame was composed, ms of the monotonic clock. Undefined where no stamp
   * tells, and at an edge, which dates nothing.
   */
  readonly composedAt?: number | undefined
}

export type DiscontinuityReason = 'republished' | 'timestamp-jump' | 'tracks-changed' | 'skipped'

export interface DiscontinuityPacket {
  readonly kind: 'discontinuity'
  readonly reason: DiscontinuityReason
  /** A new initialisation segment comes before the next fragment. */
  readonly init: boolean
  /** `moof` sequence number of the next fragment. */
  readonly sequence: number
}

export interface MetadataPacket {
  readonly kind: 'metadata'
  readonly handler: string
  readonly value: Metadata['value']
  /** 90 kHz ticks on the viewer's timeline */
  readonly time: number
}

/** What a live stream hands to its subscribers, in order. */
export type Packet = InitPacket | FragmentPacket | DiscontinuityPacket | MetadataPacket

/** The media without the headroom. */
export function mediaOf(packet: InitPacket | FragmentPacket): Buffer {
  return packet.buffer.subarray(PACKET_HEADROOM)
}
