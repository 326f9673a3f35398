import { TICKS_PER_SECOND } from './frame.ts'
import { CACHED_AUDIO_MS, MAX_CACHED_BYTES, MAX_CACHED_MS } from './limits.ts'
import type { DiscontinuityPacket, FragmentPacket, Packet } from './packet.ts'

export type CachedPacket = FragmentPacket | DiscontinuityPacket

/**
 * What a late viewer gets at once: everything since the last key frame. Bounded in bytes and
 * time; a group that outgrows it is dropped, and late viewers wait for the next key frame.
 */
export class GopCache {
  #packets: CachedPacket[] = []
  #bytes = 0

  get packets(): readonly CachedPacket[] {
    return this.#packets
  }

  add(packet: Packet, hasVideo: boolean): void {
    switch (packet.kind) {
      case 'init':
        this.clear()
        break
      case 'discontinuity':
        if (this.#packets.length > 0) this.#packets.push(packet)
        break
      case 'fragment':
        this.#addFragment(packet, hasVideo)
        break
      case 'metadata':
        break
    }
  }

  clear(): void {
    this.#packets = []
    this.#bytes = 0
  }

  #addFragment(packet: FragmentPacket, hasVideo: boolean): void {
    if (packet.key && hasVideo) this.clear()
    if (!packet.key && this.#packets.length === 0) return
    this.#packets.push(packet)
    this.#bytes += packet.buffer.length
    if (!hasVideo) {
      while (this.#duration() > CACHED_AUDIO_MS) this.#dropFirst()
    }
    if (this.#bytes > MAX_CACHED_BYTES || this.#duration() > MAX_CACHED_MS) this.clear()
  }

  /** ms */
  #duration(): number {
    const first = this.#packets.find((packet) => packet.kind === 'fragment')
    const last = this.#packets.at(-1)
    if (first === undefined || last?.kind !== 'fragment') return 0
    return ((last.time - first.time) * 1000) / TICKS_PER_SECOND
  }

  #dropFirst(): void {
    const dropped = this.#packets.shift()
    if (dropped?.kind === 'fragment') this.#bytes -= dropped.buffer.length
  }
}
