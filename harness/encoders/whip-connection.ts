import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import nodeDataChannel, { type PeerConnection } from 'node-datachannel'
import { EncoderError } from './encoder-error.ts'
import { ANSWER_TIMEOUT_MS } from './limits.ts'
import { addTrack, closePeer, openPeer } from './whip-library.ts'
import { createResource, deleteResource } from './whip-request.ts'
import { WhipTrack } from './whip-track.ts'
import type { WhipWire } from './whip-wire.ts'

export interface WhipConnectionOptions {
  readonly wire: WhipWire
  readonly url: string
  readonly token: string
  readonly hasVideo: boolean
  readonly hasAudio: boolean
  readonly onPli: () => void
  /** Once, after it was open: the peer is gone. */
  readonly onClose: () => void
}

const OPUS_CLOCK = 48_000
const VIDEO_CLOCK = 90_000
const POLL_MS = 10

/**
 * A WebRTC connection to a WHIP endpoint on libdatachannel, the library inside OBS: another stack
 * than the reference's. Packets are ours, so that each way to be wrong can be had.
 */
export class WhipConnection {
  readonly video: WhipTrack | null
  readonly audio: WhipTrack | null
  readonly #peer: PeerConnection
  readonly #options: WhipConnectionOptions
  #location: string | null = null
  #open = false
  #closed = false

  private constructor(options: WhipConnectionOptions) {
    const { wire } = options
    this.#options = options
    const { hostname } = new URL(options.url)
    const loopback = hostname === '127.0.0.1' || hostname === '[::1]'
    this.#peer = openPeer({
      iceServers: [],
      ...(loopback ? { bindAddress: hostname.replace(/^\[|\]$/g, '') } : {}),
    })
    const ssrc = randomInt(1, 2 ** 31)
    const direction = wire.direction === 'sendonly' ? 'SendOnly' : 'SendRecv'
    this.audio = null
    if (options.hasAudio) {
      const audio = new nodeDataChannel.Audio('0', direction)
      audio.addOpusCodec(wire.audioPayloadType)
      audio.addSSRC(ssrc, 'liveproof', 'liveproof', 'liveproof-audio')
      const { audioPayloadType: payloadType } = wire
      const track = { wire, payloadType, clockRate: OPUS_CLOCK, ssrc, onPli: () => {} }
      this.audio = new WhipTrack(addTrack(this.#peer, audio), track)
    }
    this.video = null
    if (options.hasVideo) {
      const video = new nodeDataChannel.Video('1', direction)
      if (wire.video === 'vp8') video.addVP8Codec(wire.videoPayloadType)
      else video.addH264Codec(wire.videoPayloadType, wire.videoFmtp)
      video.addSSRC(ssrc + 1, 'liveproof', 'liveproof', 'liveproof-video')
      const { videoPayloadType: payloadType } = wire
      const { onPli } = options
      const track = { wire, payloadType, clockRate: VIDEO_CLOCK, ssrc: ssrc + 1, onPli }
      this.video = new WhipTrack(addTrack(this.#peer, video), track)
    }
    this.#peer.onStateChange((state) => this.#state(state))
  }

  /**
   * Resolves once media can be sent.
   * @throws EncoderError `LP_ENCODER_CONNECT`, `LP_ENCODER_TIMEOUT`, `LP_ENCODER_REFUSED`
   */
  static async open(options: WhipConnectionOptions): Promise<WhipConnection> {
    const connection = new WhipConnection(options)
    try {
      await connection.#connect()
      return connection
    } catch (error) {
      connection.cut()
      throw error
    }
  }

  /** Says goodbye as the profile does. OBS closes the connection before it sends DELETE. */
  async stop(): Promise<void> {
    this.cut()
    const { wire, token } = this.#options
    if (this.#location !== null && wire.deletes) {
      await deleteResource(this.#location, token, wire)
    }
  }

  /** Closes the connection, and nothing more. */
  cut(): void {
    if (this.#closed) return
    this.#closed = true
    this.video?.close()
    this.audio?.close()
    closePeer(this.#peer)
  }

  async #connect(): Promise<void> {
    const { url, token, wire } = this.#options
    const offer = await this.#offer()
    const { answer, location } = await createResource(url, offer, token, wire)
    this.#location = location
    this.#peer.setRemoteDescription(answer, 'answer')
    const deadline = performance.now() + ANSWER_TIMEOUT_MS
    while (!this.#open) {
      if (this.#closed || performance.now() > deadline) {
        await this.stop()
        throw new EncoderError('LP_ENCODER_TIMEOUT', 'ICE and DTLS were not finished in time')
      }
      await delay(POLL_MS)
    }
  }

  async #offer(): Promise<string> {
    const described = Promise.withResolvers<string>()
    this.#peer.onLocalDescription((sdp) => described.resolve(sdp))
    this.#peer.setLocalDescription('offer')
    return described.promise
  }

  #state(state: string): void {
    if (state === 'connected') {
      this.#open = true
    } else if (['disconnected', 'failed', 'closed'].includes(state)) {
      const wasOpen = this.#open && !this.#closed
      this.#open = false
      this.cut()
      if (wasOpen) this.#options.onClose()
    }
  }
}
