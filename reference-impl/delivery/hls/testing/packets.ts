import type { Packet, TrackSet } from '../../../live/packet.ts'
import { PACKET_HEADROOM } from '../../../live/packet.ts'
import { testAudio, testVideo } from '../../../live/testing/tracks.ts'

const TRACKS: TrackSet = { video: testVideo(), audio: testAudio() }

/** Makes the packets of a stream one by one, with a timeline that goes on. */
export class PacketSource {
  #time = 0
  #sequence = 1

  /** ms on the timeline */
  get now(): number {
    return this.#time / 90
  }

  init(tracks: TrackSet = TRACKS): Packet {
    return { kind: 'init', tracks, buffer: Buffer.alloc(PACKET_HEADROOM + 100) }
  }

  /**
   * @param ms how long it lasts; 0 for sound alone
   * @param late ms from its time to its arrival
   * @param stamped whether its encoder says that it was composed at its time
   */
  fragment(ms: number, key: boolean, bytes = 50, late = 0, stamped = false): Packet {
    const packet: Packet = {
      kind: 'fragment',
      sequence: this.#sequence,
      key,
      time: this.#time,
      duration: ms * 90,
      arrivedAt: this.now + late,
      composedAt: stamped ? this.now : undefined,
      buffer: Buffer.alloc(PACKET_HEADROOM + bytes, this.#sequence),
    }
    this.#sequence += 1
    this.#time += ms * 90
    return packet
  }

  discontinuity(reason: 'republished' | 'timestamp-jump'): Packet {
    return { kind: 'discontinuity', reason, init: false, sequence: this.#sequence }
  }

  /** `count` frames at 30 a second, a key frame every `gop`. */
  frames(count: number, gop = 60): Packet[] {
    return Array.from({ length: count }, (_, index) => this.fragment(100 / 3, index % gop === 0))
  }
}
