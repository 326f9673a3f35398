import { randomInt } from 'node:crypto'
import { SrtControl, type SrtControlPacket, type SrtDataPacket } from '../../wire/srt-packet.ts'
import { type Remote, sameRemote } from './remote.ts'
import type { SrtSession } from './session.ts'

const MAX_SOCKET_ID = 0x3fffffff

export interface EstablishedCall {
  readonly session: SrtSession
  readonly remote: Remote
  /** Of the caller's address and socket id. */
  readonly callKey: string
  /** Sent again when the caller asks again. */
  readonly conclusion: Buffer
}

/** The sessions of a listener, by our socket id and by caller. */
export class EstablishedCalls {
  readonly #byId = new Map<number, EstablishedCall>()
  readonly #ids = new Map<string, number>()
  readonly #now: () => number
  readonly #newSocketId: () => number

  /** @param now ms, machine's monotonic clock */
  constructor(now: () => number, newSocketId?: () => number) {
    this.#now = now
    this.#newSocketId = newSocketId ?? (() => randomInt(1, MAX_SOCKET_ID))
  }

  get size(): number {
    return this.#byId.size
  }

  get deadline(): number {
    let deadline = Number.POSITIVE_INFINITY
    for (const { session } of this.#byId.values()) deadline = Math.min(deadline, session.deadline)
    return deadline
  }

  /** One that no session has. */
  newId(): number {
    let id = this.#newSocketId()
    while (this.#byId.has(id)) id = this.#newSocketId()
    return id
  }

  add(id: number, call: EstablishedCall): void {
    this.#byId.set(id, call)
    this.#ids.set(call.callKey, id)
  }

  remove(id: number, callKey: string): void {
    this.#byId.delete(id)
    this.#ids.delete(callKey)
  }

  of(callKey: string): EstablishedCall | undefined {
    return this.#byId.get(this.#ids.get(callKey) ?? 0)
  }

  /** A packet of a session; what nobody waits for, or comes from elsewhere, is left alone. */
  receive(packet: SrtControlPacket | SrtDataPacket, remote: Remote, now: number): void {
    const call = this.#byId.get(packet.destination)
    if (call === undefined || !sameRemote(call.remote, remote)) return
    const { session } = call
    this.#guard(session, () => {
      if (!packet.control) session.data(packet, now)
      else if (packet.type !== SrtControl.handshake) session.control(packet, now)
    })
  }

  tick(now: number): void {
    for (const { session } of this.#byId.values()) {
      if (session.deadline <= now) this.#guard(session, () => session.tick(now))
    }
  }

  shutDown(now: number): void {
    for (const { session } of this.#byId.values()) session.abort('shutdown', now)
  }

  /** A bug of ours ends one session and nothing else. */
  #guard(session: SrtSession, action: () => void): void {
    try {
      action()
    } catch (error) {
      console.error('srt session:', error)
      session.abort('internal-error', this.#now())
    }
  }
}
