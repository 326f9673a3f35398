import { packetizeH264 } from '../../reference-impl/wire/rtp-h264.ts'
import { UsageError } from '../errors.ts'
import { stampTimeUs } from '../measure/stamp.ts'
import { ClipEncoder, type TellLost } from './clip-encoder.ts'
import type { EncoderOptions } from './encoder.ts'
import type { Profile } from './profile.ts'
import type { Unit } from './unit.ts'
import { WhipConnection } from './whip-connection.ts'
import { compositionMsOf, nalUnitsOf, opusPacketOf, parameterSetsOf } from './whip-media.ts'
import type { WhipWire } from './whip-wire.ts'

/** Sends a clip round and round over WHIP, as a profile says. */
export class WhipEncoder extends ClipEncoder<WhipConnection> {
  readonly #wire: WhipWire
  readonly #parameterSets: readonly Uint8Array[]
  /** Frame with which the clip last began, so that a key frame can be had at any time. */
  #clipStart = 0
  #keyWanted = false

  /** @throws UsageError `LP_PROFILE_INVALID` for a profile that does not say how it uses WHIP */
  constructor(profile: Profile, options: EncoderOptions, streamTag: string) {
    if (!profile.whip) {
      throw new UsageError('LP_PROFILE_INVALID', `profile "${profile.id}" has no WHIP`)
    }
    super(profile, options, streamTag, { protocol: 'whip', audio: profile.whip.audio })
    this.#wire = profile.whip
    this.#parameterSets = parameterSetsOf(this.video)
  }

  protected override get videoStartMs(): number {
    return 0
  }

  protected override passedOver(): void {
    this.#keyWanted = true
  }

  protected override opened(firstVideoFrame: number): void {
    // What comes after a reconnect begins with a key frame.
    this.#clipStart = firstVideoFrame
  }

  protected override async open(lost: TellLost): Promise<WhipConnection> {
    const { url, streamName } = this.options.to
    const connection = await WhipConnection.open({
      ...{ wire: this.#wire, url, token: streamName },
      hasVideo: this.video !== null,
      hasAudio: this.audio !== null,
      onPli: () => {
        if (this.#wire.answersPli) this.#keyWanted = true
      },
      onClose: () => lost(),
    })
    this.stats.lastStatus = '201'
    return connection
  }

  protected override send(connection: WhipConnection, unit: Unit, lateMs: number): boolean {
    this.countLate(lateMs)
    if (unit.track === 'video') this.#sendVideo(connection, unit)
    else this.#sendAudio(connection, unit)
    return true
  }

  #sendVideo(connection: WhipConnection, unit: Unit): void {
    const clip = this.video
    if (!clip || !connection.video) return
    if (this.#keyWanted) {
      this.#keyWanted = false
      this.#clipStart = unit.frame
    }
    const { length } = clip.frames
    // The frame that the timeline chose, unless the clip was begun anew for a key frame.
    const shifted = clip.frames[(unit.frame - this.#clipStart) % length]
    const { body, key } = this.#clipStart === 0 || !shifted ? unit : shifted
    const stamp = { streamTag: this.streamTag, frame: unit.frame, timeUs: stampTimeUs() }
    const units = nalUnitsOf(body, key, this.#parameterSets, stamp)
    const payloads = packetizeH264(units, this.#wire.fragmentBytes)
    const presented = unit.dtsMs + compositionMsOf(body)
    this.stats.bytesSent += connection.video.send(payloads, presented, true)
  }

  #sendAudio(connection: WhipConnection, unit: Unit): void {
    // The marker begins a talkspurt (RFC 7587 §4.1), of which there is one.
    const packet = opusPacketOf(unit.body)
    this.stats.bytesSent += connection.audio?.send([packet], unit.dtsMs, unit.frame === 0) ?? 0
  }
}
