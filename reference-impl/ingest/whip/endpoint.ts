import { randomBytes, randomUUID } from 'node:crypto'
import { nowMs } from '../../clock.ts'
import { WireError } from '../../errors.ts'
import type { PublishGate, Refusal } from '../../live/publication.ts'
import { parseSdp, type Sdp } from '../../wire/sdp.ts'
import type { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { emptyAnswer, refusal, type WhipAnswer } from './answer.ts'
import { bearerOf, hashOf, mayManage, sameText, unauthorised } from './authorise.ts'
import { loadWerift, type ServerCertificate } from './dtls-link.ts'
import { type IceServer, linkHeaders } from './ice-servers.ts'
import type { WhipLimits } from './limits.ts'
import type { MediaPort } from './media-port.ts'
import { buildAnswer, type Negotiated, negotiate } from './negotiate.ts'
import { recordOffer, userAgentOf } from './offer-record.ts'
import { readPatch } from './patch.ts'
import { WhipPeer } from './peer.ts'
import { mediaType, type WhipRequest } from './request.ts'
import type { WhipRoute } from './routes.ts'
import type { WhipSeams } from './seams.ts'

export interface WhipEndpointOptions {
  readonly gate: PublishGate
  readonly log: IngestLog
  readonly limits: WhipLimits
  readonly seams: WhipSeams
  readonly mediaPort: MediaPort
  readonly certificate: ServerCertificate
  readonly iceServers: () => readonly IceServer[]
  /** `http://host:port` where a client at this IP address should publish; undefined: here. */
  readonly location: (client: string) => string | undefined
}

/** A publishing session, or one that ended a short while ago. */
interface Resource {
  /** null once it ended: what it took to talk is not needed to answer for it. */
  peer: WhipPeer | null
  readonly recorder: IngestRecorder
  /** Hash of the bearer token that it was made with; null without one. */
  readonly token: Buffer | null
  etag: string
  endedAt: number | null
}

const REFUSALS: Readonly<Record<Refusal, { status: number; message: string }>> = {
  unknown: { status: 404, message: 'there is no such stream' },
  'bad-name': { status: 404, message: 'that is no stream name' },
  deleted: { status: 404, message: 'the stream is deleted' },
  locked: { status: 403, message: 'the stream is locked' },
  duplicate: { status: 409, message: 'the stream has a publisher' },
  busy: { status: 503, message: 'the stream cannot be published now' },
}

/** What WHIP answers (RFC 9725 §4), without any socket: requests in, answers out. */
export class WhipEndpoint {
  readonly #options: WhipEndpointOptions
  readonly #resources = new Map<string, Resource>()
  #sessions = 0

  constructor(options: WhipEndpointOptions) {
    this.#options = options
  }

  get sessions(): number {
    return this.#sessions
  }

  /** Ends every session. */
  close(): void {
    for (const { peer } of this.#resources.values()) peer?.end('shutdown')
    this.#resources.clear()
  }

  async publish(request: WhipRequest, route: WhipRoute & { kind: 'publish' }): Promise<WhipAnswer> {
    const { limits, seams, gate } = this.#options
    const token = bearerOf(request)
    if (route.needsToken && !(token !== null && sameText(token, route.name))) return unauthorised()
    const type = mediaType(request.headers['content-type'])
    if (!seams.isOfferType(type)) {
      return refusal(415, 'LP_WHIP_TYPE', 'an offer is application/sdp', ACCEPT)
    }
    let offer: Sdp
    let negotiated: Negotiated
    try {
      offer = parseSdp(request.body, limits.sdp)
    } catch (error) {
      return badOffer(error)
    }
    const id = `whip-${randomUUID()}`
    try {
      negotiated = negotiate(offer)
    } catch (error) {
      const answer = badOffer(error)
      this.#refused(
        recordOffer(this.#options.log, { id, request, route, offer }, nowMs()),
        answer.status,
      )
      return answer
    }
    const werift = await loadWerift()
    if (this.#sessions >= limits.maxSessions) {
      return refusal(503, 'LP_WHIP_BUSY', 'too many sessions', { 'Retry-After': '5' })
    }
    this.#sessions++
    const publisher = {
      protocol: 'whip',
      session: id,
      remote: request.remote,
      params: route.params,
    } as const
    const decision = await seams
      .gate(gate)
      .request(route.name, publisher)
      .catch((error: unknown) => {
        this.#sessions--
        throw error
      })
    const recorder = recordOffer(this.#options.log, { id, request, route, offer }, nowMs())
    if (!decision.ok) {
      this.#sessions--
      const { status, message } = REFUSALS[decision.refusal]
      this.#refused(recorder, status)
      return refusal(status, `LP_WHIP_${decision.refusal.toUpperCase().replace('-', '_')}`, message)
    }
    const key = randomBytes(16).toString('hex')
    const peer = new WhipPeer({
      id,
      negotiated,
      certificate: this.#options.certificate,
      werift,
      limits,
      recorder,
      publication: decision.publication,
      mediaPort: this.#options.mediaPort,
      seams,
      onEnd: () => this.#ended(key),
    })
    const etag = newEtag()
    const hash = token === null ? null : hashOf(token)
    const [kept, endedAt] = peer.ended ? [null, nowMs()] : [peer, null]
    this.#resources.set(key, { peer: kept, recorder, token: hash, etag, endedAt })
    const sdp = buildAnswer(offer, negotiated, {
      ...peer.credentials,
      fingerprint: this.#options.certificate.fingerprint,
      candidates: this.#options.mediaPort.candidates,
      sessionId: String(Math.trunc(nowMs() * 1000)),
    })
    recorder.event(nowMs(), 'status', { level: 'status', code: '201' })
    return {
      status: 201,
      headers: {
        'Content-Type': 'application/sdp',
        Location: `/whip/session/${key}`,
        ETag: etag,
        Link: linkHeaders(this.#options.iceServers()),
        'Cache-Control': 'no-store',
      },
      body: seams.description(sdp),
    }
  }

  /** DELETE and PATCH on a session. */
  manage(request: WhipRequest, key: string): WhipAnswer {
    const resource = this.#resources.get(key)
    if (resource === undefined) return refusal(404, 'LP_WHIP_GONE', 'there is no such session')
    const { seams } = this.#options
    if (!seams.mayManage(mayManage(request, resource.token))) return unauthorised()
    if (request.method === 'DELETE') {
      resource.recorder.event(nowMs(), 'whip-delete')
      this.#forget(key)
      if (seams.endsOnDelete()) resource.peer?.end('unpublished')
      return emptyAnswer(200)
    }
    if (resource.peer === null) return refusal(404, 'LP_WHIP_GONE', 'the session is over')
    return this.#patch(request, resource, resource.peer)
  }

  /** Sends a client to another address; its record shows whether it went there. */
  redirect(request: WhipRequest, route: WhipRoute & { kind: 'redirect' }): WhipAnswer {
    const { name, to, needsToken, elsewhere } = route
    const recorder = new IngestRecorder(this.#options.log, {
      session: `whip-${randomUUID()}`,
      protocol: 'whip',
      remote: request.remote,
      now: nowMs(),
    })
    recorder.stream(name)
    const userAgent = userAgentOf(request)
    recorder.event(nowMs(), 'whip-redirect', { method: request.method, status: 307, userAgent })
    recorder.close(nowMs(), 'redirected')
    // A token does not survive the way to another host (Fetch §4.4 "HTTP-redirect fetch"; curl): it
    // is checked here, and whoever knows it is told the address that needs none.
    const token = bearerOf(request)
    const entitled = !needsToken || (token !== null && sameText(token, name))
    const client = request.remote.slice(0, request.remote.lastIndexOf(':'))
    const other = entitled ? this.#options.location(client) : undefined
    return emptyAnswer(307, { Location: other === undefined ? to : `${other}${elsewhere}` })
  }

  #patch(request: WhipRequest, resource: Resource, peer: WhipPeer): WhipAnswer {
    const { limits, mediaPort } = this.#options
    if (mediaType(request.headers['content-type']) !== 'application/trickle-ice-sdpfrag') {
      return refusal(415, 'LP_WHIP_TYPE', 'a fragment is application/trickle-ice-sdpfrag', {
        'Accept-Patch': 'application/trickle-ice-sdpfrag',
      })
    }
    const match = request.headers['if-match']
    if (match === undefined) return refusal(428, 'LP_WHIP_ETAG', 'If-Match is missing')
    if (match !== '*' && match !== resource.etag) {
      return refusal(412, 'LP_WHIP_ETAG', 'the ICE session has changed')
    }
    try {
      const patch = readPatch(request.body, limits.sdp)
      // Candidates are not needed: an ICE lite agent learns the peer's addresses from its checks.
      if (match !== '*') {
        resource.recorder.event(nowMs(), 'trickle', { candidates: patch.candidates })
        return emptyAnswer(204)
      }
      if (patch.credentials === null) {
        return refusal(422, 'LP_WHIP_OFFER', 'an ICE restart needs ice-ufrag and ice-pwd')
      }
      const { ufrag, password } = peer.restart()
      resource.etag = newEtag()
      resource.recorder.event(nowMs(), 'ice-restart')
      const lines = [
        'a=ice-lite',
        `a=ice-ufrag:${ufrag}`,
        `a=ice-pwd:${password}`,
        ...patch.media.flatMap(({ line, mid }) => [
          line,
          `a=mid:${mid}`,
          ...mediaPort.candidates.map((candidate) => `a=candidate:${candidate}`),
          'a=end-of-candidates',
        ]),
      ]
      return {
        status: 200,
        headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', ETag: resource.etag },
        body: `${lines.join('\r\n')}\r\n`,
      }
    } catch (error) {
      return badOffer(error)
    }
  }

  #refused(recorder: IngestRecorder, status: number): void {
    recorder.event(nowMs(), 'status', { level: 'error', code: String(status) })
    recorder.close(nowMs(), 'refused')
  }

  #ended(key: string): void {
    this.#sessions--
    const resource = this.#resources.get(key)
    if (resource === undefined) return
    const { rememberMs, maxRemembered, maxSessions } = this.#options.limits
    const now = nowMs()
    resource.endedAt = now
    resource.peer = null
    for (const [old, { endedAt }] of this.#resources) {
      const over = endedAt !== null && now - endedAt > rememberMs
      const full = endedAt !== null && this.#resources.size > maxRemembered + maxSessions
      if (over || full) this.#resources.delete(old)
    }
  }

  #forget(key: string): void {
    this.#resources.delete(key)
  }
}

const ACCEPT = { 'Accept-Post': 'application/sdp' }

function badOffer(error: unknown): WhipAnswer {
  if (!(error instanceof WireError)) throw error
  // What cannot be read is a bad request; what can be read but not served is refused as such.
  return refusal(error.code === 'LP_SDP' ? 400 : 422, error.code, error.message)
}

function newEtag(): string {
  return `"${randomBytes(8).toString('hex')}"`
}
