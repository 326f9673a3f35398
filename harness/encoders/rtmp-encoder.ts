import { UsageError } from '../errors.ts'
import { stampTimeUs } from '../measure/stamp.ts'
import type { Clip } from './clip.ts'
import { ClipEncoder, type TellLost } from './clip-encoder.ts'
import type { EncoderOptions } from './encoder.ts'
import { videoPayload } from './media-payload.ts'
import type { Profile } from './profile.ts'
import { parseRtmpUrl, RtmpConnection } from './rtmp-connection.ts'
import { metadataValue, type WireValues, wireFields, wireValues } from './rtmp-values.ts'
import type { RtmpWire } from './rtmp-wire.ts'
import type { Unit } from './unit.ts'

/** Sends a clip round and round over RTMP, as a profile says. */
export class RtmpEncoder extends ClipEncoder<RtmpConnection> {
  readonly #wire: RtmpWire
  /** Frames are left out until the next key frame. */
  #skipping = false
  /** Late sends are the network's fault until the backlog is gone. */
  #blocked = false

  /** @throws UsageError `LP_PROFILE_INVALID` for a profile that does not say how it uses RTMP */
  constructor(profile: Profile, options: EncoderOptions, streamTag: string) {
    if (!profile.rtmp) {
      throw new UsageError('LP_PROFILE_INVALID', `profile "${profile.id}" has no RTMP`)
    }
    super(profile, options, streamTag, { protocol: 'rtmp', audio: profile.media.audio })
    this.#wire = profile.rtmp
  }

  protected override mustWait(connection: RtmpConnection): boolean {
    if (connection.congested) this.#blocked = true
    return connection.congested
  }

  protected override caughtUp(): void {
    this.#blocked = false
  }

  protected override passedOver(): void {
    this.#skipping = true
  }

  protected override opened(): void {
    this.#skipping = false
    this.#blocked = false
  }

  protected override open(lost: TellLost): Promise<RtmpConnection> {
    const wire = this.#wire
    const { to, tls, ahead } = this.options
    const values = this.#values(this.video)
    const [name, params] = splitOnce(to.streamName, '?')
    return RtmpConnection.open(
      parseRtmpUrl(to.url),
      {
        wire,
        connect: wireFields(wire.connect, values),
        streamKey: `${name}${wire.keySuffix}${params}`,
        metadata: metadataValue(wire.metadata, values),
        videoHeader: this.video?.header ?? null,
        audioHeader: this.audio?.header ?? null,
      },
      {
        onStatus: (status) => {
          this.stats.lastStatus = status
        },
        onDrain: () => this.schedule(),
        onClose: lost,
      },
      tls?.ca,
      ahead,
    )
  }

  protected override send(connection: RtmpConnection, unit: Unit, lateMs: number): boolean {
    if (this.#leavesOut(unit, lateMs)) return false
    if (!this.#blocked) this.countLate(lateMs)
    if (unit.announces) this.#announce(connection, unit, unit.announces)
    let payload = unit.body
    if (unit.track === 'video') {
      // A frame that had to wait for the network was composed when it was due.
      const timeUs = stampTimeUs() - (this.#blocked ? Math.round(lateMs * 1000) : 0)
      payload = videoPayload(unit, { streamTag: this.streamTag, frame: unit.frame, timeUs })
    }
    this.#write(connection, connection.publisher.media(unit.track, unit.dtsMs, payload))
    return true
  }

  #announce(connection: RtmpConnection, unit: Unit, clip: Clip): void {
    const value = metadataValue(this.#wire.metadata, this.#values(clip))
    this.#write(connection, connection.publisher.metadata(value, unit.dtsMs))
    if (!clip.header) return
    this.#write(connection, connection.publisher.media('video', unit.dtsMs, clip.header))
  }

  #write(connection: RtmpConnection, bytes: Buffer): void {
    if (connection.send(bytes)) this.stats.bytesSent += bytes.length
  }

  /** What OBS does: P frames that waited too long go, and all up to the next key frame with them. */
  #leavesOut(unit: Unit, waitedMs: number): boolean {
    if (unit.track === 'audio') return false
    if (unit.key) this.#skipping = false
    const { congestion } = this.profile.behaviour
    const tooOld = congestion.kind === 'drop' && this.#blocked && waitedMs > congestion.dropAfterMs
    if (tooOld && !unit.key) this.#skipping = true
    return this.#skipping
  }

  #values(video: Clip | null): WireValues {
    const address = parseRtmpUrl(this.options.to.url)
    return wireValues(address, this.profile.media, video, this.audio)
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
}
