import { attributeOf, codecsOf, type Sdp, type SdpMedia } from '../../wire/sdp.ts'
import type { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { bearerOf } from './authorise.ts'
import {
  MAX_RECORDED_CODECS,
  MAX_RECORDED_FMTP,
  MAX_RECORDED_MEDIA,
  MAX_USER_AGENT,
} from './limits.ts'
import type { WhipRequest } from './request.ts'
import type { WhipRoute } from './routes.ts'

export interface OfferMade {
  /** Of the session, in the log. */
  readonly id: string
  readonly request: WhipRequest
  readonly route: WhipRoute & { kind: 'publish' }
  readonly offer: Sdp
}

/** Begins the record of a session with what its offer says. */
export function recordOffer(
  log: IngestLog,
  { id, request, route, offer }: OfferMade,
  now: number,
): IngestRecorder {
  const { remote, headers } = request
  const recorder = new IngestRecorder(log, { session: id, protocol: 'whip', remote, now })
  recorder.stream(route.name)
  recorder.event(now, 'whip-offer', {
    contentType: headers['content-type'] ?? '',
    userAgent: userAgentOf(request),
    authorization: bearerOf(request) === null ? 'none' : 'bearer',
    redirected: route.redirected,
    bundle: offer.attributes.some(({ name, value }) => name === 'group' && /^BUNDLE /.test(value)),
    media: offer.media.slice(0, MAX_RECORDED_MEDIA).map((media) => mediaFacts(offer, media)),
  })
  return recorder
}

export function userAgentOf({ headers }: WhipRequest): string {
  return headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? ''
}

function mediaFacts(offer: Sdp, media: SdpMedia): Record<string, unknown> {
  const direction = media.attributes.find(({ name }) =>
    /^(sendrecv|sendonly|recvonly|inactive)$/.test(name),
  )
  return {
    kind: media.kind,
    protocol: media.protocol,
    direction: direction?.name ?? 'sendrecv',
    rtcpMux: attributeOf(media, 'rtcp-mux') !== undefined,
    setup: attributeOf(media, 'setup') ?? attributeOf(offer, 'setup') ?? '',
    codecs: codecsOf(media)
      .slice(0, MAX_RECORDED_CODECS)
      .map(({ name, fmtp, feedback }) => ({
        name,
        fmtp: fmtp.slice(0, MAX_RECORDED_FMTP),
        feedback,
      })),
  }
}
