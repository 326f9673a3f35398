import { WireError } from '../../errors.ts'
import type { PublishDecision, Publisher, Refusal } from '../../live/publication.ts'
import {
  buildSrtHandshake,
  parseSrtHandshake,
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
import type { IngestRecorder } from '../recorder.ts'
import { readCall, type SrtCall } from './call-facts.ts'
import { keysOfCall } from './call-keys.ts'
import { recordCall } from './call-record.ts'
import { SrtCookies } from './cookie.ts'
import { EstablishedCalls } from './established-calls.ts'
import { conclusionAnswer, inductionAnswer, rejection } from './handshake-answer.ts'
import type { KeyRing } from './key-ring.ts'
import type { SrtLimits } from './limits.ts'
import type { ListenerOptions } from './listener-port.ts'
import { objectionTo } from './objection.ts'
import { RateLimit } from './rate-limit.ts'
import { RejectedCallers } from './rejected-callers.ts'
import { type Remote, remoteText } from './remote.ts'
import { SrtSession } from './session.ts'
import { parseSrtStreamId, type SrtStreamId } from './stream-id.ts'

/** A caller whose publish is being decided. */
interface Pending {
  readonly since: number
  readonly recorder: IngestRecorder
  over: boolean
}

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
  readonly #calls: EstablishedCalls
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
    this.#calls = new EstablishedCalls(() => options.port.now(), options.newSocketId)
    this.#rejected = new RejectedCallers(limits.rejectedMs, limits.maxRejected)
    this.#derivations = new RateLimit(limits.keyDerivationsPerSecond)
    this.#openedAt = options.port.now()
  }

  get sessions(): number {
    return this.#calls.size
  }

  /** When `tick` wants to be called next: ms, or Infinity. */
  get deadline(): number {
    let { deadline } = this.#calls
    for (const { since } of this.#pending.values()) {
      deadline = Math.min(deadline, since + this.#limits.decideMs)
    }
    return deadline
  }

  tick(now: number): void {
    this.#calls.tick(now)
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
      if (packet.destination !== 0) this.#calls.receive(packet, remote, now)
      else if (packet.control && packet.type === SrtControl.handshake) {
        this.#handshake(packet, bytes, remote, now)
      }
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
    this.#calls.shutDown(now)
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
    const answer = inductionAnswer(handshake, this.#cookies.make(remoteText(remote), facts, now))
    this.#send(answer, handshake.socketId, remote, now)
    this.#options.seams.induction(bytes)
  }

  #conclusion(
    handshake: SrtHandshake,
    packet: SrtControlPacket,
    remote: Remote,
    now: number,
  ): void {
    const induction = this.#cookies.check(handshake.cookie, remoteText(remote), now)
    if (!this.#options.seams.cookieHolds(induction !== null)) return
    const callKey = `${remoteText(remote)} ${handshake.socketId}`
    const established = this.#calls.of(callKey)
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
    const { log, passphrase, seams } = this.#options
    const maySpend = () => this.#derivations.take(this.#options.port.now())
    const keys = objection ?? keysOfCall(call, passphrase, seams, maySpend)
    if (keys === 'busy') return // the caller asks again
    const latencyMs = this.#latencyFor(call)
    const { maxStreamIdBytes } = this.#limits
    const called = { handshake, call, streamId, induction, remote: remoteText(remote) }
    const recorder = recordCall(log, { ...called, latencyMs, maxStreamIdBytes }, now)
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
    const publisher: Publisher = { protocol: 'srt', session, remote: remoteText(remote), params }
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

  #objection(handshake: SrtHandshake, call: SrtCall, streamId: SrtStreamId): number | null {
    const { maxStreamIdBytes, maxSessions, maxPending } = this.#limits
    const objection = objectionTo(handshake, call, streamId, maxStreamIdBytes)
    if (objection !== null) return objection
    const full = this.#calls.size >= maxSessions || this.#pending.size >= maxPending
    return full ? SrtReject.resource : null
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
    const id = this.#calls.newId()
    const latencyMs = this.#latencyFor(call)
    const answer = conclusionAnswer(handshake, {
      socketId: id,
      latencyMs,
      callerLatencyMs: call.capabilities?.receiverLatency ?? 0,
      mtu: limits.mtuBytes,
      flowWindow: limits.flowWindow,
      keyMaterial: keys === null ? null : call.keyMaterial,
      keyBytes: keys?.keyBytes ?? 0,
    })
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
      onClose: () => this.#calls.remove(id, callKey),
    })
    if (session.ended) return
    const conclusion = this.#packet(answer, handshake.socketId, now)
    this.#calls.add(id, { session, remote, callKey, conclusion })
    port.send(conclusion, remote)
  }

  /** The larger of both sides' (§4.3), within our limit. */
  #latencyFor(call: SrtCall): number {
    const asked = call.capabilities?.senderLatency ?? 0
    const { latencyMs, maxLatencyMs } = this.#limits
    return Math.min(this.#options.seams.latency(latencyMs, asked), maxLatencyMs)
  }

  #reject(handshake: SrtHandshake, code: number, remote: Remote, now: number): void {
    this.#send(rejection(handshake, code), handshake.socketId, remote, now)
  }

  #send(handshake: SrtHandshake, destination: number, remote: Remote, now: number): void {
    this.#options.port.send(this.#packet(handshake, destination, now), remote)
  }

  #packet(handshake: SrtHandshake, destination: number, now: number): Buffer {
    const timestamp = Math.round((now - this.#openedAt) * 1000) >>> 0
    const body = buildSrtHandshake(handshake)
    return buildSrtControl({ type: SrtControl.handshake, timestamp, destination, body })
  }
}
