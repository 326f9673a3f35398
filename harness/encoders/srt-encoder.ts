import { UsageError } from '../errors.ts'
import { stampTimeUs } from '../measure/stamp.ts'
import { ClipEncoder, type TellLost } from './clip-encoder.ts'
import type { EncoderOptions } from './encoder.ts'
import { videoPayload } from './media-payload.ts'
import type { Profile } from './profile.ts'
import { SrtConnection } from './srt-connection.ts'
import { SrtMedia } from './srt-media.ts'
import type { SrtWire } from './srt-wire.ts'
import type { Unit } from './unit.ts'

/** Sends a clip round and round over SRT, as a profile says. */
export class SrtEncoder extends ClipEncoder<SrtConnection> {
  readonly #wire: SrtWire
  #media: SrtMedia | null = null
  /** Frames are left out until the next key frame. */
  #skipping = false

  /** @throws UsageError `LP_PROFILE_INVALID` for a profile that does not say how it uses SRT */
  constructor(profile: Profile, options: EncoderOptions, streamTag: string) {
    if (!profile.srt) {
      throw new UsageError('LP_PROFILE_INVALID', `profile "${profile.id}" has no SRT`)
    }
    super(profile, options, streamTag, { protocol: 'srt', audio: profile.media.audio })
    this.#wire = profile.srt
  }

  protected override passedOver(): void {
    this.#skipping = true
  }

  protected override opened(): void {
    this.#skipping = false
    this.#media = new SrtMedia(this.#wire, this.video, this.audio)
  }

  protected override async open(lost: TellLost): Promise<SrtConnection> {
    const { url, streamName } = this.options.to
    const connection = await SrtConnection.open({
      ...{ wire: this.#wire, url, streamName },
      onClose: () => lost(),
    })
    this.stats.lastStatus = 'connected'
    return connection
  }

  protected override send(connection: SrtConnection, unit: Unit, lateMs: number): boolean {
    this.countLate(lateMs)
    if (unit.track === 'video' && unit.key) this.#skipping = false
    // Live SRT never waits: what the network cannot take is lost.
    if (connection.congested) this.#skipping = true
    if (connection.congested || (this.#skipping && unit.track === 'video')) return false
    if (unit.announces) this.#media?.announce(unit.announces)
    const stamp = { streamTag: this.streamTag, frame: unit.frame, timeUs: stampTimeUs() }
    const body = unit.track === 'video' ? videoPayload(unit, stamp) : unit.body
    for (const payload of this.#media?.frame(unit.track, unit.dtsMs, unit.key, body) ?? []) {
      if (connection.send(payload)) this.stats.bytesSent += payload.length
    }
    return true
  }
}
