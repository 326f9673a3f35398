import { randomInt } from 'node:crypto'
import { WireError } from '../../errors.ts'
import type { EndReason, Publication } from '../../live/publication.ts'
import { hexOf } from '../../wire/bytes.ts'
import { buildDOps, OPUS_RATE, opusSamples } from '../../wire/opus.ts'
import { buildNack, buildPli, buildReceiverReport, parseRtcp } from '../../wire/rtcp.ts'
import { parseRtp, type RtpPacket } from '../../wire/rtp.ts'
import { H264Depacketizer } from '../../wire/rtp-h264.ts'
import type { IngestRecorder } from '../recorder.ts'
import { endReasonOf, revokedReason, type WhipCloseReason } from './close-reason.ts'
import { KeyRequests } from './key-requests.ts'
import type { WhipLimits } from './limits.ts'
import { MediaSource } from './media-source.ts'
import { NackProbe } from './nack-probe.ts'
import type { Negotiated, NegotiatedTrack } from './negotiate.ts'
import { RateAdvice } from './rate-advice.ts'
import { receivedOf, receiverReports } from './receiver-reports.ts'
import { parameterSetsOf, VideoMedia } from './video-media.ts'

/** What a session needs from whoever owns its transport. */
export interface WhipSessionPort {
  /** ms, machine's monotonic clock; for what happens between two calls of the session. */
  now(): number
  /** A compound RTCP packet, in clear. */
  sendRtcp(bytes: Buffer): void
  /** The session is over. Called once. */
  close(reason: WhipCloseReason): void
}

export interface WhipSessionOptions {
  readonly negotiated: Negotiated
  readonly limits: WhipLimits
  readonly recorder: IngestRecorder
  readonly publication: Publication
  readonly port: WhipSessionPort
}

/**
 * One WHIP publisher behind its transport, without socket and timer: packets in clear and times go
 * in; feedback and the end come out through the port; frames go to the publication.
 */
export class WhipSession {
  readonly #options: WhipSessionOptions
  readonly #limits: WhipLimits
  readonly #recorder: IngestRecorder
  readonly #port: WhipSessionPort
  readonly #sources: MediaSource[] = []
  readonly #depacketizer = new H264Depacketizer()
  readonly #video: VideoMedia | null
  readonly #keys: KeyRequests
  readonly #nackProbe: NackProbe
  readonly #advice: RateAdvice
  /** Ours, in feedback. */
  readonly #ssrc = randomInt(1, 2 ** 32)
  #publication: Publication | null
  #phase: 'connecting' | 'publishing' | 'closing' | 'ended' = 'connecting'
  /** Since when the phase's deadline runs. */
  #since: number
  #aliveAt: number
  #mediaAt: number
  #firstMediaAt: number | null = null
  #reportAt = Number.POSITIVE_INFINITY
  #needsKey: 'start' | 'loss' | null = null

  constructor(options: WhipSessionOptions) {
    const { negotiated, limits, recorder, publication, port } = options
    const now = port.now()
    this.#options = options
    this.#limits = limits
    this.#recorder = recorder
    this.#port = port
    this.#publication = publication
    this.#since = now
    this.#aliveAt = now
    this.#mediaAt = now
    this.#keys = new KeyRequests(limits, recorder)
    this.#nackProbe = new NackProbe(recorder)
    this.#advice = new RateAdvice(limits.maxBitrate)
    const { video, audio } = negotiated
    this.#video =
      video &&
      new VideoMedia({
        recorder,
        publication,
        parameterSets: parameterSetsOf(video.codec.parameters),
        needsKey: (why) => {
          this.#needsKey = why
        },
      })
    if (video) this.#addSource('video', video, now)
    if (audio) {
      this.#addSource('audio', audio, now)
      this.#announceAudio(audio, now)
    }
    publication.onRevoked((reason) => this.#revoked(reason))
  }

  get ended(): boolean {
    return this.#phase === 'ended'
  }

  /** When `tick` wants to be called next: ms, or Infinity. */
  get deadline(): number {
    const limits = this.#limits
    switch (this.#phase) {
      case 'connecting':
        return this.#since + limits.connectMs
      case 'closing':
        return this.#since + limits.closingMs
      case 'publishing': {
        const media = this.#sources.map(({ receiver }) => receiver.deadline)
        return Math.min(
          this.#aliveAt + limits.consentMs,
          this.#mediaAt + limits.silentMs,
          this.#reportAt,
          this.#keys.deadline(this.#needsKey !== null, this.#video?.lastKeyAt ?? null),
          ...media,
        )
      }
      default:
        return Number.POSITIVE_INFINITY
    }
  }

  tick(now: number): void {
    const limits = this.#limits
    if (this.#phase === 'connecting') {
      if (now >= this.#since + limits.connectMs) this.end('connect-timeout', now)
    } else if (this.#phase === 'closing') {
      if (now >= this.#since + limits.closingMs) this.end('disconnected', now)
    } else if (this.#phase === 'publishing') {
      if (now >= this.#aliveAt + limits.consentMs) this.end('consent-expired', now)
      else if (now >= this.#mediaAt + limits.silentMs) this.end('silent', now)
      else this.#feedBack(now)
    }
  }

  /** ICE and DTLS are done. */
  connected(now: number): void {
    if (this.#phase !== 'connecting') return
    this.#phase = 'publishing'
    this.#since = now
    this.#aliveAt = now
    this.#mediaAt = now
    this.#reportAt = now + this.#limits.reportEveryMs
  }

  /** Something came that only the peer can have sent. */
  alive(now: number): void {
    this.#aliveAt = now
  }

  /** The peer closed the connection; a DELETE may still come. */
  closing(now: number): void {
    if (this.ended || this.#phase === 'closing') return
    this.#recorder.event(now, 'eof')
    this.#phase = 'closing'
    this.#since = now
  }

  /** A packet in clear. Never throws for what it holds. */
  rtp(bytes: Uint8Array, now: number): void {
    if (this.#phase !== 'publishing') return
    this.#guard(now, () => {
      const packet = parseRtp(bytes)
      const source = this.#sources.find(({ payloadType }) => payloadType === packet.payloadType)
      if (source === undefined) return
      this.#mediaAt = now
      this.#firstMediaAt ??= now
      if (source.receive(packet, now)) return
      if (source.kind === 'video') this.#nackProbe.came(packet.sequence, now)
    })
    this.#feedBack(now)
  }

  rtcp(bytes: Uint8Array, now: number): void {
    if (this.#phase !== 'publishing') return
    this.#guard(now, () => {
      for (const packet of parseRtcp(bytes)) {
        if (packet.type !== 'sr') continue
        this.#sources.find(({ ssrc }) => ssrc === packet.ssrc)?.report(packet, now)
      }
    })
  }

  /** Ends the session; the first reason counts. */
  end(reason: WhipCloseReason, now: number): void {
    if (this.ended) return
    this.#phase = 'ended'
    for (const source of this.#sources) source.updateFacts()
    this.#recorder.close(now, reason)
    this.#publication?.end(endReasonOf(reason))
    this.#publication = null
    this.#port.close(reason)
  }

  #revoked(reason: EndReason): void {
    if (this.#publication === null) return
    this.#publication = null
    this.end(revokedReason(reason), this.#port.now())
  }

  #addSource(kind: 'video' | 'audio', track: NegotiatedTrack, now: number): void {
    const listener = {
      packet: (packet: RtpPacket, at: number) =>
        kind === 'video' ? this.#videoPacket(packet, at) : this.#audioPacket(packet, at),
      lost: () => {
        if (kind === 'audio') return
        this.#depacketizer.lost()
        this.#video?.lost()
      },
    }
    const [limits, recorder] = [this.#limits, this.#recorder]
    this.#sources.push(new MediaSource({ kind, track, limits, recorder, listener, now }))
  }

  #videoPacket(packet: RtpPacket, now: number): void {
    const source = this.#sources.find(({ kind }) => kind === 'video')
    if (source === undefined || this.#video === null) return
    this.#nackProbe.delivered(packet.sequence)
    for (const unit of this.#depacketizer.push(packet.payload, packet.timestamp, packet.marker)) {
      const before = this.#video.lastKeyAt
      const pts = source.clock.ticks(unit.timestamp, now - (this.#firstMediaAt ?? now))
      this.#video.accessUnit(unit, pts, now)
      if (this.#video.lastKeyAt !== before) {
        this.#keys.came(now)
        this.#needsKey = null
      }
    }
  }

  #audioPacket(packet: RtpPacket, now: number): void {
    const audio = this.#sources.find(({ kind }) => kind === 'audio')
    if (audio === undefined || opusSamples(packet.payload) === 0) return
    const pts = audio.clock.ticks(packet.timestamp, now - (this.#firstMediaAt ?? now))
    const video = this.#sources.find(({ kind }) => kind === 'video')
    if (video !== undefined) audio.clock.alignTo(video.clock)
    const frame = { track: 'audio', dts: pts, pts, key: true } as const
    this.#recorder.frame(now, { ...frame, idr: false, size: packet.payload.length })
    this.#publication?.frame({ ...frame, data: packet.payload, arrivedAt: now })
  }

  #announceAudio({ codec }: NegotiatedTrack, now: number): void {
    const channels = 2
    const config = buildDOps(channels)
    const facts = { kind: 'audio', codec: 'opus', sampleRate: OPUS_RATE, channels } as const
    this.#recorder.event(now, 'sequence-header', { kind: 'audio', codec: 'opus', fmtp: codec.fmtp })
    this.#recorder.track(now, { ...facts, config: hexOf(config) })
    this.#options.publication.track({ ...facts, config, codecString: 'opus' })
  }

  /** Asks for what is missing, and reports what came. */
  #feedBack(now: number): void {
    if (this.#phase !== 'publishing') return
    const packets: Buffer[] = []
    for (const source of this.#sources) {
      if (source.ssrc === null || now < source.receiver.deadline) continue
      let ask: number[] = []
      this.#guard(now, () => {
        ask = source.receiver.tick(now)
      })
      if (ask.length > 0) packets.push(buildNack(this.#ssrc, source.ssrc, ask))
    }
    const video = this.#sources.find(({ kind, ssrc }) => kind === 'video' && ssrc !== null)
    if (video?.ssrc != null && this.#firstMediaAt !== null) {
      const age = now - this.#firstMediaAt
      const lastKeyAt = this.#video?.lastKeyAt ?? null
      const sinceKeyMs = this.#video?.sinceKeyMs ?? 0
      if (this.#keys.due(now, age, this.#needsKey, lastKeyAt, sinceKeyMs)) {
        packets.push(buildPli(this.#ssrc, video.ssrc))
      }
      const probe = this.#nackProbe.due(now, age)
      if (probe !== null) packets.push(buildNack(this.#ssrc, video.ssrc, [probe]))
    }
    if (now >= this.#reportAt) packets.push(...this.#reports(now))
    if (packets.length === 0 || this.ended) return
    // A compound begins with a report, even an empty one (RFC 3550 §6.1).
    if (packets[0]?.[1] !== 201) packets.unshift(buildReceiverReport(this.#ssrc, []))
    this.#port.sendRtcp(Buffer.concat(packets))
  }

  #reports(now: number): Buffer[] {
    this.#reportAt = now + this.#limits.reportEveryMs
    for (const source of this.#sources) source.updateFacts()
    const advice = this.#advice.next(now, receivedOf(this.#sources))
    return receiverReports(this.#ssrc, this.#sources, advice, now)
  }

  /** Media that breaks its format is written down and dropped. */
  #guard(now: number, action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#recorder.event(now, 'error', { code: error.code, message: error.message })
      if (error.code === 'LP_RTP_H264') this.#video?.lost()
    }
  }
}
