import { randomInt } from 'node:crypto'
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel'
import { addTrack, closePeer, openPeer } from '../../encoders/whip-library.ts'
import { TargetError } from '../../errors.ts'
import type { TargetStream } from '../../targets/target.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding } from '../rule.ts'
import { type WhipReply, whipCall } from './whip-call.ts'

/** Where a probe publishes. */
export interface WhipPlace {
  readonly url: string
  readonly token: string
}

/** A session that was made, with the peer that offered it. */
export interface WhipAttempt {
  readonly reply: WhipReply
  readonly peer: PeerConnection
  /** Absolute; null without a Location. */
  readonly session: string | null
}

const OFFER_MS = 5_000

/** Where a probe acts: what it opens here is closed when the probe ends, however it ends. */
export class WhipStage {
  readonly context: ProbeContext
  readonly #closers: (() => unknown)[] = []

  constructor(context: ProbeContext) {
    this.context = context
  }

  get signal(): AbortSignal {
    return this.context.signal
  }

  atClose(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  async place(): Promise<WhipPlace & { readonly stream: TargetStream }> {
    const stream = await this.context.createStream()
    return { ...placeOf(stream), stream }
  }

  /** A peer of libdatachannel that wants to send H.264 and Opus, and its offer. */
  async offer(): Promise<{ peer: PeerConnection; tracks: Track[]; sdp: string }> {
    const local = this.context.target.kind === 'reference'
    const peer = openPeer({ iceServers: [], ...(local ? { bindAddress: '127.0.0.1' } : {}) })
    this.atClose(() => closePeer(peer))
    const audio = new nodeDataChannel.Audio('0', 'SendOnly')
    audio.addOpusCodec(111)
    audio.addSSRC(randomInt(1, 2 ** 31), 'probe', 'probe', 'probe-audio')
    const video = new nodeDataChannel.Video('1', 'SendOnly')
    video.addH264Codec(96)
    video.addSSRC(randomInt(1, 2 ** 31), 'probe', 'probe', 'probe-video')
    const tracks = [addTrack(peer, audio), addTrack(peer, video)]
    const described = Promise.withResolvers<string>()
    const timer = setTimeout(() => described.reject(new Error('no offer')), OFFER_MS)
    peer.onLocalDescription((sdp) => described.resolve(sdp))
    peer.setLocalDescription('offer')
    try {
      return { peer, tracks, sdp: await described.promise }
    } finally {
      clearTimeout(timer)
    }
  }

  call(
    url: string,
    method: string,
    rest: { token?: string | null; headers?: Record<string, string>; body?: string } = {},
  ): Promise<WhipReply> {
    return whipCall(url, { method, signal: this.signal, ...rest })
  }

  /** Posts an offer; whatever session comes of it is ended with the probe. */
  async post(
    place: WhipPlace,
    sdp: string,
    rest: { token?: string | null; type?: string } = {},
  ): Promise<WhipReply> {
    const token = rest.token === undefined ? place.token : rest.token
    const reply = await this.call(place.url, 'POST', {
      token,
      headers: { 'Content-Type': rest.type ?? 'application/sdp' },
      body: sdp,
    })
    const session = sessionOf(reply)
    if (session !== null) {
      this.atClose(() =>
        whipCall(session, { method: 'DELETE', token, signal: AbortSignal.timeout(2_000) }).catch(
          () => {},
        ),
      )
    }
    return reply
  }

  /** Offers as an encoder would, and takes the answer. */
  async attempt(place: WhipPlace): Promise<WhipAttempt> {
    const { peer, sdp } = await this.offer()
    const reply = await this.post(place, sdp)
    if (reply.status === 201) peer.setRemoteDescription(reply.body, 'answer')
    return { reply, peer, session: sessionOf(reply) }
  }

  /** @throws TargetError when a stream that may be published is refused */
  async publish(place: WhipPlace): Promise<WhipAttempt & { readonly session: string }> {
    const attempt = await this.attempt(place)
    if (attempt.reply.status !== 201 || attempt.session === null) {
      const what = attempt.reply.status === 201 ? 'no Location' : `${attempt.reply.status}`
      throw new TargetError(
        'LP_WHIP_REFUSED',
        `an offer that is in order was answered with ${what}`,
      )
    }
    return { ...attempt, session: attempt.session }
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.reverse()) {
      try {
        await closer()
      } catch {
        // What is gone needs no closing.
      }
    }
  }
}

export function sessionOf(reply: WhipReply): string | null {
  const location = reply.headers.get('location')
  return reply.status === 201 && location ? new URL(location, reply.url).href : null
}

/** @throws TargetError where the target has no WHIP; `onWhipStage` looks first */
export function placeOf(stream: TargetStream): WhipPlace {
  const { whip } = stream.ingest
  if (!whip) throw new TargetError('LP_WHIP_NONE', 'the target names no WHIP address')
  return whip
}

/**
 * Runs a probe. A target that does not even serve what is healthy breaks the rule that needs it;
 * one without WHIP is not judged.
 */
export async function onWhipStage(
  context: ProbeContext,
  expected: string,
  probe: (stage: WhipStage) => Promise<Finding>,
): Promise<Finding> {
  const stage = new WhipStage(context)
  try {
    return await probe(stage)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    if (error.code === 'LP_WHIP_NONE') return skipped(expected, error.message)
    return { result: 'broken', expected, actual: `${error.message} [${error.code}]` }
  } finally {
    await stage.close()
  }
}
