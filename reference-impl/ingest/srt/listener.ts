import { randomInt, randomUUID } from 'node:crypto'
import { WireError } from '../../errors.ts'
import type { PublishDecision, Publisher, Refusal } from '../../live/publication.ts'
import { buildSrtCapabilities, SrtFlag, srtVersionText } from '../../wire/srt-extensions.ts'
import {
  buildSrtHandshake,
  parseSrtHandshake,
  SRT_MAGIC,
  type SrtExtension,
  SrtExtensionFlag,
  SrtExtensionType,
  type SrtHandshake,
  SrtHandshakeType,
} from '../../wire/srt-handshake.ts'
import {
  buildSrtControl,
  parseSrtPacket,
  SrtControl,
  type SrtControlPacket,
} from '../../wire/srt-packet.ts'
import { SrtReject, srtRejectText } from '../../wire/srt-reject.ts'
import type { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { readCall, type SrtCall } from './call-facts.ts'
import { type InductionFacts, SrtCookies } from './cookie.ts'
import { KeyRing } from './key-ring.ts'
import type { SrtLimits } from './limits.ts'
import { RateLimit } from './rate-limit.ts'
import { RejectedCallers } from './rejected-callers.ts'
import type { SrtSeams } from './seams.ts'
import { SrtSession } from './session.ts'
import { parseSrtStreamId, type SrtStreamId } from './stream-id.ts'

export interface Remote {
  readonly address: string
  readonly port: number
}

/** What a listener needs from whoever owns its socket. */
export interface ListenerPort {
  /** ms, machine's monotonic clock */
  now(): number
  send(packet: Buffer, remote: Remote): void
  /** Asks the gate, and hands its decision to `answer`. */
  requestPublish(
    name: string,
    publisher: Publisher,
    answer: (decision: PublishDecision, now: number) => void,
  ): void
}

export interface ListenerOptions {
  readonly limits: SrtLimits
  readonly seams: SrtSeams
  readonly log: IngestLog
  readonly port: ListenerPort
  /** 10–79 characters; without one, encrypted callers are rejected. */
  readonly passphrase?: string | undefined
  /** For replays: whose cookies come back, and which socket ids are given. */
  readonly cookies?: Pick<SrtCookies, 'make' | 'check'>
  readonly newSocketId?: () => number
}

/** A caller whose publish is being decided. */
interface Pending {
  readonly since: number
  readonly recorder: IngestRecorder
  over: boolean
}

interface Established {
  readonly session: SrtSession
  readonly remote: Remote
  readonly callKey: string
  /** Sent again when the caller asks again. */
  readonly conclusion: Buffer
}

const SRT_VERSION = 0x010501
const OUR_FLAGS =
  SrtFlag.tsbpdSender |
  SrtFlag.tsbpdReceiver |
  SrtFlag.encryption |
  SrtFlag.tooLateDrop |
  SrtFlag.periodicNak |
  SrtFlag.retransmitFlag

const REFUSAL_CODE: Readonly<Record<Refusal, number>> = {
  unknown: SrtReject.notFound,
  deleted: SrtReject.notFound,
  locked: SrtReject.locked,
  duplicate: SrtReject.conflict,
  'bad-name': SrtReject.badRequest,
  busy: SrtReject.unavailable,
}

/**
 * All SRT callers of one UDP port (draft §4.3.1), without socket and timer. Nothing is kept of a
 * sender before a valid cookie comes back from it.
 */
export class SrtListener {
  readonly #options: ListenerOptions
  readonly #limits: SrtLimits
  readonly #cookies: Pick<SrtCookies, 'make' | 'check'>
  readonly #sessions = new Map<number, Established>()
  /** Socket ids of sessions by caller. */
  readonly #calls = new Map<string, number>()
  readonly #pending = new Map<string, Pending>()
  readonly #rejected: RejectedCallers
  readonly #derivations: RateLimit
  readonly #openedAt: number
  #closed = false

  constructor(options: ListenerOptions) {
    const { limits } = options
    this.#options = options
    this.#limits = limits
    this.#cookies = options.cookies ?? new SrtCookies(limits.cookieMs)
    this.#rejected = new RejectedCallers(limits.rejectedMs, limits.maxRejected)
    this.#derivations = new RateLimit(limits.keyDerivationsPerSecond)
    this.#openedAt = options.port.now()
  }

  get sessions(): number {
    return this.#sessions.size
  }

  /** When `tick` wants to be called next: ms, or Infinity. */
  get deadline(): number {
    let deadline = Number.POSITIVE_INFINITY
    for (const { session } of this.#sessions.values()) {
      deadline = Math.min(deadline, session.deadline)
    }
    for (const { since } of this.#pending.values()) {
      deadline = Math.min(deadline, since + this.#limits.decideMs)
    }
    return deadline
  }

  tick(now: number): void {
    for (const { session } of this.#sessions.values()) {
      if (session.deadline <= now) this.#guard(session, () => session.tick(now))
    }
    for (const [key, pending] of this.#pending) {
      if (now < pending.since + this.#limits.decideMs) continue
      pending.over = true
      this.#pending.delete(key)
      pending.recorder.close(now, 'refused')
    }
  }

  /** One datagram. Never throws for what it holds. */
  receive(bytes: Uint8Array, remote: Remote, now: number): void {
    if (this.#closed || bytes.length > this.#limits.maxPacketBytes) return
    if (remote.port === 0) return // forged: nothing can be sent there
    try {
      const packet = parseSrtPacket(bytes)
      if (packet.destination === 0) {
        if (packet.control && packet.type === SrtControl.handshake) {
          this.#handshake(packet, bytes, remote, now)
        }
        return
      }
      const found = this.#sessions.get(packet.destination)
      if (found === undefined || !sameRemote(found.remote, remote)) return
      const { session } = found
      this.#guard(session, () => {
        if (!packet.control) session.data(packet, now)
        else if (packet.type !== SrtControl.handshake) session.control(packet, now)
      })
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#options.seams.badInput(error)
    }
  }

  /** Ends every session and takes nothing more. Idempotent. */
  close(now: number): void {
    this.#closed = true
    for (const pending of this.#pending.values()) {
      pending.over = true
      pending.recorder.close(now, 'shutdown')
    }
    this.#pending.clear()
    for (const { session } of this.#sessions.values()) session.abort('shutdown', now)
  }

  /** A bug of ours ends one session and nothing else. */
  #guard(session: SrtSession, action: () => void): void {
    try {
      action()
    } catch (error) {
      console.error('srt session:', error)
      session.abort('internal-error', this.#options.port.now())
    }
  }

  #handshake(packet: SrtControlPacket, bytes: Uint8Array, remote: Remote, now: number): void {
    if (bytes.length > this.#limits.maxHandshakeBytes) return
    const handshake = parseSrtHandshake(packet.body)
    if (handshake.type === SrtHandshakeType.induction) {
      this.#induction(handshake, bytes, remote, now)
    } else if (handshake.type === SrtHandshakeType.conclusion) {
      this.#conclusion(handshake, packet, remote, now)
    }
  }

  #induction(handshake: SrtHandshake, bytes: Uint8Array, remote: Remote, now: number): void {
    const { version, cookie } = handshake
    const facts = { version, cookieZero: cookie === 0 }
    const answer = {
      ...handshake,
      version: 5,
      encryption: 0,
      extensionField: SRT_MAGIC,
      cookie: this.#cookies.make(keyOf(remote), facts, now),
      extensions: [],
    }
    this.#send(answer, handshake.socketId, remote, now)
    this.#options.seams.induction(bytes)
  }

  #conclusion(
    handshake: SrtHandshake,
    packet: SrtControlPacket,
    remote: Remote,
    now: number,
  ): void {
    const induction = this.#cookies.check(handshake.cookie, keyOf(remote), now)
    if (!this.#options.seams.cookieHolds(induction !== null)) return
    const callKey = `${keyOf(remote)} ${handshake.socketId}`
    const established = this.#sessions.get(this.#calls.get(callKey) ?? 0)
    if (established !== undefined) {
      this.#options.port.send(established.conclusion, remote)
      return
    }
    if (this.#pending.has(callKey)) return
    const call = readCall(handshake)
    const streamId = parseSrtStreamId(call.streamId)
    const rejectKey = `${remote.address} ${call.streamId} ${call.keyMaterial === null}`
    const again = this.#rejected.again(rejectKey, now)
    if (again !== null) {
      this.#reject(handshake, again, remote, now)
      return
    }
    const objection = this.#objection(handshake, call, streamId)
    const keys = objection ?? this.#keysOf(call)
    if (keys === 'busy') return // the caller asks again
    const recorder = this.#record(handshake, call, streamId, induction, remote, now)
    const reject = (code: number, at: number) => {
      this.#rejected.add(rejectKey, code, srtRejectText(code), recorder, at)
      recorder.close(at, 'refused')
      this.#reject(handshake, code, remote, at)
    }
    if (typeof keys === 'number') {
      reject(keys, now)
      return
    }
    const pending: Pending = { since: now, recorder, over: false }
    this.#pending.set(callKey, pending)
    const { session } = recorder.record
    const { name, params } = streamId
    const publisher: Publisher = { protocol: 'srt', session, remote: keyOf(remote), params }
    this.#options.port.requestPublish(name, publisher, (decision, at) => {
      this.#pending.delete(callKey)
      if (pending.over || this.#closed) {
        if (decision.ok) decision.publication.end('disconnected')
      } else if (!decision.ok) {
        reject(REFUSAL_CODE[decision.refusal], at)
      } else {
        this.#establish(
          { handshake, packet, call, keys, remote, callKey, recorder, since: now },
          decision,
          at,
        )
      }
    })
  }

  /** Why a call cannot be served, whoever may publish. */
  #objection(handshake: SrtHandshake, call: SrtCall, streamId: SrtStreamId): number | null {
    const { capabilities } = call
    if (handshake.version !== 5) return SrtReject.version
    if (capabilities === null) return SrtReject.rogue
    if (capabilities.version < 0x010300) return SrtReject.version
    if (capabilities.flags & SrtFlag.stream) return SrtReject.messageApi
    if (call.congestion !== '' && call.congestion !== 'live') return SrtReject.congestion
    if (call.filter !== '') return SrtReject.filter
    if (call.group) return SrtReject.group
    if (call.streamIdBytes > this.#limits.maxStreamIdBytes) return SrtReject.badRequest
    if (!streamId.publishes) return SrtReject.badMode
    const full = this.#sessions.size >= this.#limits.maxSessions
    return full || this.#pending.size >= this.#limits.maxPending ? SrtReject.resource : null
  }

  #keysOf(call: SrtCall): KeyRing | null | 'busy' | number {
    const { passphrase, seams } = this.#options
    const { keyMaterial } = call
    if (passphrase === undefined) return keyMaterial === null ? null : SrtReject.unsecure
    if (keyMaterial === null) return seams.unsecured(false) ? null : SrtReject.unsecure
    const keys = new KeyRing(passphrase, () => this.#derivations.take(this.#options.port.now()))
    try {
      const accepted = keys.accept(keyMaterial)
      if (accepted === 'wrong-passphrase') {
        return seams.unsecured(false) ? null : SrtReject.badSecret
      }
      return accepted === 'busy' ? 'busy' : keys
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      seams.badInput(error)
      return SrtReject.rogue
    }
  }

  #establish(
    made: {
      handshake: SrtHandshake
      packet: SrtControlPacket
      call: SrtCall
      keys: KeyRing | null
      remote: Remote
      callKey: string
      recorder: IngestRecorder
      since: number
    },
    { publication }: PublishDecision & { ok: true },
    now: number,
  ): void {
    const { handshake, packet, call, keys, remote, callKey, recorder } = made
    const { limits, seams, port } = this.#options
    const id = this.#newId()
    const latencyMs = this.#latencyFor(call)
    const extensions: SrtExtension[] = [
      {
        type: SrtExtensionType.handshakeResponse,
        content: buildSrtCapabilities({
          version: SRT_VERSION,
          flags: OUR_FLAGS,
          receiverLatency: latencyMs,
          senderLatency: call.capabilities?.receiverLatency ?? 0,
        }),
      },
    ]
    if (keys !== null && call.keyMaterial !== null) {
      const type = SrtExtensionType.keyMaterialResponse
      extensions.push({ type, content: call.keyMaterial })
    }
    const answer: SrtHandshake = {
      ...handshake,
      version: 5,
      encryption: keys === null ? 0 : keys.keyBytes / 8,
      extensionField:
        SrtExtensionFlag.handshake | (keys === null ? 0 : SrtExtensionFlag.keyMaterial),
      flowWindow: limits.flowWindow,
      type: SrtHandshakeType.conclusion,
      socketId: id,
      extensions,
    }
    const session = new SrtSession({
      limits,
      seams,
      recorder,
      publication,
      peerSocketId: handshake.socketId,
      initialSequence: handshake.initialSequence,
      peerTimestamp: packet.timestamp,
      handshakeAt: made.since,
      latencyMs,
      keys,
      now,
      send: (bytes) => port.send(bytes, remote),
      onClose: () => {
        this.#sessions.delete(id)
        this.#calls.delete(callKey)
      },
    })
    if (session.ended) return
    const conclusion = this.#packet(answer, handshake.socketId, now)
    this.#sessions.set(id, { session, remote, callKey, conclusion })
    this.#calls.set(callKey, id)
    port.send(conclusion, remote)
  }

  /** The larger of both sides' (§4.3), within our limit. */
  #latencyFor(call: SrtCall): number {
    const asked = call.capabilities?.senderLatency ?? 0
    const { latencyMs, maxLatencyMs } = this.#limits
    return Math.min(this.#options.seams.latency(latencyMs, asked), maxLatencyMs)
  }

  #record(
    handshake: SrtHandshake,
    call: SrtCall,
    streamId: SrtStreamId,
    induction: InductionFacts | null,
    remote: Remote,
    now: number,
  ): IngestRecorder {
    const { log } = this.#options
    const session = `srt-${randomUUID()}`
    const recorder = new IngestRecorder(log, {
      session,
      protocol: 'srt',
      remote: keyOf(remote),
      now,
    })
    recorder.stream(streamId.name)
    const { capabilities } = call
    recorder.event(now, 'srt-handshake', {
      inductionVersion: induction?.version ?? 0,
      inductionCookieZero: induction?.cookieZero ?? false,
      version: handshake.version,
      requested: capabilities !== null,
      srtVersion: srtVersionText(capabilities?.version ?? 0),
      flags: capabilities?.flags ?? 0,
      streamId: call.streamId.slice(0, this.#limits.maxStreamIdBytes),
      streamIdBytes: call.streamIdBytes,
      streamIdForm: streamId.form,
      callerLatencyMs: capabilities?.senderLatency ?? 0,
      latencyMs: this.#latencyFor(call),
      mtu: handshake.mtu,
      flowWindow: handshake.flowWindow,
      keyBytes: call.keyMaterial === null ? 0 : (call.keyMaterial[15] ?? 0) * 4,
      congestion: call.congestion.slice(0, 64),
      filter: call.filter.slice(0, 64),
    })
    return recorder
  }

  #reject(handshake: SrtHandshake, code: number, remote: Remote, now: number): void {
    const answer = { ...handshake, version: 5, encryption: 0, extensionField: 0, extensions: [] }
    this.#send({ ...answer, type: code }, handshake.socketId, remote, now)
  }

  #send(handshake: SrtHandshake, destination: number, remote: Remote, now: number): void {
    this.#options.port.send(this.#packet(handshake, destination, now), remote)
  }

  #packet(handshake: SrtHandshake, destination: number, now: number): Buffer {
    const timestamp = Math.round((now - this.#openedAt) * 1000) >>> 0
    const body = buildSrtHandshake(handshake)
    return buildSrtControl({ type: SrtControl.handshake, timestamp, destination, body })
  }

  #newId(): number {
    const { newSocketId = () => randomInt(1, 0x3fffffff) } = this.#options
    let id = newSocketId()
    while (this.#sessions.has(id)) id = newSocketId()
    return id
  }
}

function keyOf({ address, port }: Remote): string {
  return `${address}:${port}`
}

function sameRemote(a: Remote, b: Remote): boolean {
  return a.port === b.port && a.address === b.address
}
