import type { Packet, TrackSet } from './packet.ts'
import type { Refusal } from './publication.ts'

/** What the gate has made up its mind to do. */
export type PublishVerdict =
  | { readonly action: 'accept' }
  | { readonly action: 'take-over' }
  | { readonly action: 'refuse'; readonly refusal: Refusal }

/** Where publish and hub faults are installed. */
export interface LiveSeams {
  /** The gate's verdict, before it is carried out. */
  verdict(verdict: PublishVerdict): PublishVerdict
  /** How long viewers wait for a publisher that vanished, ms. */
  graceMs(ms: number): number
  /** `moof` sequence number of a fragment. */
  sequence(sequence: number): number
  /** Decode time of a fragment's track, in its timescale. */
  decodeTime(time: number, sequence: number): number
  /** Tracks as they go into the initialisation segment. */
  initTracks(tracks: TrackSet): TrackSet
  /** Whether a fragment with so many video frames is complete. */
  endsFragment(videoFrames: number): boolean
  /** When audio is to be heard, 90 kHz ticks on the viewer's timeline. */
  audioTime(ticks: number): number
  /** Made once for each stream: takes its packets and hands them to the subscribers, in order. */
  pacer(hand: (packet: Packet) => void): (packet: Packet) => void
}

export function defaultLiveSeams(): LiveSeams {
  return {
    verdict: (verdict) => verdict,
    graceMs: (ms) => ms,
    sequence: (sequence) => sequence,
    decodeTime: (time) => time,
    initTracks: (tracks) => tracks,
    endsFragment: () => true,
    audioTime: (ticks) => ticks,
    pacer: (hand) => hand,
  }
}
