import { nowMs } from '../../clock.ts'
import type { Publication } from '../../live/publication.ts'
import { isRtcp } from '../../wire/rtp.ts'
import type { SocketAddress, StunMessage } from '../../wire/stun.ts'
import type { IngestRecorder } from '../recorder.ts'
import type { WhipCloseReason } from './close-reason.ts'
import { DtlsLink, type ServerCertificate, type Werift } from './dtls-link.ts'
import { IceLiteAgent } from './ice-lite.ts'
import type { WhipLimits } from './limits.ts'
import { keyOf, type MediaPeer, type MediaPort } from './media-port.ts'
import type { IceCredentials, Negotiated } from './negotiate.ts'
import type { WhipSeams } from './seams.ts'
import { WhipSession } from './session.ts'
import type { Srtp } from './srtp.ts'

/** The longest time that a Node timer can wait, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

export interface WhipPeerOptions {
  /** Of the session, for the log. */
  readonly id: string
  readonly negotiated: Negotiated
  readonly certificate: ServerCertificate
  readonly werift: Werift
  readonly limits: WhipLimits
  readonly recorder: IngestRecorder
  readonly publication: Publication
  readonly mediaPort: MediaPort
  readonly seams: WhipSeams
  readonly onEnd: (reason: WhipCloseReason) => void
}

/** One publisher: ICE, DTLS-SRTP and the session behind them, and the timer of all. */
export class WhipPeer implements MediaPeer {
  readonly #options: WhipPeerOptions
  readonly #ice = new IceLiteAgent()
  readonly #session: WhipSession
  readonly #dtls: DtlsLink
  readonly #addresses = new Map<string, SocketAddress>()
  #selected: SocketAddress | null = null
  #srtp: Srtp | null = null
  #dtlsDatagrams = 0
  #listened: readonly string[] = []
  #timer: NodeJS.Timeout | undefined
  #armedFor = Number.POSITIVE_INFINITY

  constructor(options: WhipPeerOptions) {
    this.#options = options
    const { recorder, negotiated } = options
    this.#dtls = new DtlsLink({
      werift: options.werift,
      certificate: options.certificate,
      fingerprints: negotiated.fingerprints,
      send: (datagram) => this.#send(datagram),
      onConnected: (srtp) => this.#guard(() => this.#connected(srtp)),
      onFailed: (why) =>
        this.#guard(() => {
          recorder.event(nowMs(), 'error', { code: 'LP_DTLS', message: why })
          this.#session.end('handshake-failed', nowMs())
        }),
      onClosed: () => this.#guard(() => this.#session.closing(nowMs())),
    })
    this.#listen()
    this.#session = new WhipSession({
      negotiated,
      limits: options.limits,
      recorder,
      publication: options.publication,
      port: {
        now: nowMs,
        sendRtcp: (bytes) => {
          if (this.#srtp !== null) this.#send(this.#srtp.sealRtcp(bytes))
        },
        close: (reason) => this.#close(reason),
      },
    })
    this.#arm()
  }

  get credentials(): IceCredentials {
    return this.#ice.credentials
  }

  get ended(): boolean {
    return this.#session.ended
  }

  end(reason: WhipCloseReason): void {
    this.#guard(() => this.#session.end(reason, nowMs()))
  }

  /** New credentials; media goes on until the peer has moved (RFC 8445 §9). */
  restart(): IceCredentials {
    const credentials = this.#ice.restart()
    this.#listen()
    return credentials
  }

  /** Takes the checks of those username fragments that count now, and of no others. */
  #listen(): void {
    const { mediaPort } = this.#options
    mediaPort.forget(this.#listened)
    this.#listened = this.#ice.ufrags
    mediaPort.listen(this.#listened, this)
  }

  stun(bytes: Buffer, message: StunMessage, from: SocketAddress): boolean {
    const check = this.#ice.check(bytes, message, from)
    if (check === null || this.ended) return false
    this.#options.mediaPort.send(check.answer, from)
    if (!check.valid) return false
    if (this.#ice.ufrags.length !== this.#listened.length) this.#listen()
    const first = this.#addresses.size === 0
    if (!this.#makeRoomFor(from)) return false
    this.#guard(() => this.#session.alive(nowMs()))
    this.#addresses.set(keyOf(from), from)
    if (check.nominated || this.#selected === null) this.#select(from, first)
    return true
  }

  /**
   * The address that was not checked for the longest gives way, because behind a NAT that forgets
   * often each is used once; that of the media never does.
   */
  #makeRoomFor(address: SocketAddress): boolean {
    const { limits, mediaPort } = this.#options
    if (this.#addresses.delete(keyOf(address))) return true
    if (this.#addresses.size < limits.maxAddresses) return true
    const selected = this.#selected && keyOf(this.#selected)
    const oldest = [...this.#addresses].find(([key]) => key !== selected)
    if (oldest === undefined) return false
    this.#addresses.delete(oldest[0])
    mediaPort.forget([], [oldest[1]])
    return true
  }

  datagram(bytes: Buffer, from: SocketAddress): void {
    if (this.ended) return
    const first = bytes[0] ?? 0
    if (first >= 20 && first <= 63) this.#receiveDtls(bytes)
    else if (first >= 128 && first <= 191) this.#receiveMedia(bytes, from)
  }

  #receiveDtls(bytes: Buffer): void {
    this.#dtlsDatagrams++
    if (this.#dtlsDatagrams > this.#options.limits.maxDtlsDatagrams) {
      if (this.#srtp === null) this.end('handshake-failed')
      return
    }
    this.#guard(() => {
      try {
        this.#dtls.receive(bytes)
      } catch {
        // Werift throws for records that it cannot read: they are as good as lost.
      }
    })
  }

  #receiveMedia(bytes: Buffer, from: SocketAddress): void {
    const srtp = this.#srtp
    if (srtp === null) return
    const now = nowMs()
    this.#guard(() => {
      const rtcp = isRtcp(bytes)
      const open = rtcp ? srtp.openRtcp(bytes) : srtp.openRtp(bytes)
      if (open === null) return
      this.#session.alive(now)
      this.#follow(from)
      if (rtcp) this.#session.rtcp(open, now)
      else this.#session.rtp(open, now)
    })
  }

  /**
   * Behind a NAT that forgot it the peer goes on from another port. Its next check makes that known
   * (RFC 8445 §7.3.1.3), but a check for consent need not nominate it again; so our side of the pair
   * follows the media, which is authentic and came from an address that a check has shown.
   */
  #follow(from: SocketAddress): void {
    const moved = this.#selected !== null && keyOf(this.#selected) !== keyOf(from)
    if (this.#selected === null) this.#selected = from
    else if (moved && this.#options.seams.followsMedia()) this.#select(from, false)
  }

  #select(from: SocketAddress, first: boolean): void {
    const { recorder } = this.#options
    const before = this.#selected
    this.#selected = from
    if (first || (before && keyOf(before) !== keyOf(from))) {
      recorder.event(nowMs(), 'ice-selected', { remote: `${from.host}:${from.port}` })
    }
  }

  #connected(srtp: Srtp): void {
    this.#srtp = srtp
    this.#options.recorder.event(nowMs(), 'dtls-connected', { profile: srtp.profile })
    this.#session.connected(nowMs())
  }

  #send(datagram: Uint8Array): void {
    if (this.#selected !== null) this.#options.mediaPort.send(datagram, this.#selected)
  }

  /** A bug of ours ends this session and nothing else. */
  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      console.error(`whip session ${this.#options.id}:`, error)
      this.#session.end('internal-error', nowMs())
    }
    this.#arm()
  }

  /** The timer may fire early, never late. */
  #arm(): void {
    const session = this.#session
    if (session === undefined || session.ended || session.deadline >= this.#armedFor) return
    clearTimeout(this.#timer)
    this.#armedFor = session.deadline
    const delay = Math.min(Math.max(this.#armedFor - nowMs(), 0), MAX_TIMER_MS)
    this.#timer = setTimeout(() => {
      this.#armedFor = Number.POSITIVE_INFINITY
      this.#guard(() => session.tick(nowMs()))
    }, Math.ceil(delay))
  }

  #close(reason: WhipCloseReason): void {
    clearTimeout(this.#timer)
    this.#dtls.close()
    this.#options.mediaPort.forget(this.#listened, this.#addresses.values())
    this.#options.onEnd(reason)
  }
}
