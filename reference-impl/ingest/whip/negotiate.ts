import { WireError } from '../../errors.ts'
import {
  attributeOf,
  attributesOf,
  codecsOf,
  type Sdp,
  type SdpAttribute,
  type SdpCodec,
  type SdpMedia,
} from '../../wire/sdp.ts'

export interface IceCredentials {
  readonly ufrag: string
  readonly password: string
}

export interface Fingerprint {
  /** `sha-256`, lower case. */
  readonly algorithm: string
  /** Hex with colons, upper case. */
  readonly value: string
}

export interface NegotiatedTrack {
  readonly codec: SdpCodec
  readonly mid: string
}

/** What an offer asks for, as far as it is served. */
export interface Negotiated {
  readonly video: NegotiatedTrack | null
  readonly audio: NegotiatedTrack | null
  readonly remote: IceCredentials
  readonly fingerprints: readonly Fingerprint[]
}

const HASHES: ReadonlySet<string> = new Set(['sha-256', 'sha-384', 'sha-512'])
/** Baseline and constrained baseline come first: what encoders are recommended to send. */
const PREFERRED_PROFILE = /^42/

/**
 * Reads an offer (RFC 9725 §4.2, 4.4): one H.264 track, at most one Opus track, bundled.
 * Throws `LP_WHIP_OFFER` with the reason for anything else.
 */
export function negotiate(offer: Sdp): Negotiated {
  if (offer.media.length === 0) throw unacceptable('there is no media section')
  const mids = offer.media.map((media) => attributeOf(media, 'mid') ?? '')
  if (mids.includes('') || new Set(mids).size !== mids.length) {
    throw unacceptable('each media section needs a mid of its own')
  }
  const video = trackOf(offer, 'video', pickH264)
  const audio = trackOf(offer, 'audio', pickOpus)
  if (video === null && audio === null) {
    throw unacceptable('neither H.264 video nor Opus audio is offered to be sent')
  }
  if (video === null && offer.media.some(({ kind, port }) => kind === 'video' && port !== 0)) {
    throw unacceptable('H.264 is not among the video codecs')
  }
  const [first, ...rest] = [video, audio].filter((track) => track !== null)
  const bundle = attributesOf(offer, 'group')
    .filter((group) => group.startsWith('BUNDLE'))
    .flatMap((group) => group.split(' ').slice(1))
  if (rest.length > 0 && [video, audio].some((track) => track && !bundle.includes(track.mid))) {
    throw unacceptable('audio and video are not in one BUNDLE group')
  }
  const media = offer.media.find((candidate) => attributeOf(candidate, 'mid') === first?.mid)
  // Within a bundle the transport is described in the section that comes first.
  const tagged = offer.media.find((candidate) => attributeOf(candidate, 'mid') === bundle[0])
  const look = (name: string) =>
    attributeOf(tagged ?? { attributes: [] }, name) ??
    attributeOf(media ?? { attributes: [] }, name) ??
    attributeOf(offer, name)
  const setup = look('setup')
  if (setup !== 'actpass' && setup !== 'active') {
    throw unacceptable(
      `a=setup:${setup ?? ''}: the client must be able to begin the DTLS handshake`,
    )
  }
  return {
    video,
    audio,
    remote: credentials(look('ice-ufrag'), look('ice-pwd')),
    fingerprints: fingerprintsOf(offer, tagged ?? media),
  }
}

function trackOf(
  offer: Sdp,
  kind: 'audio' | 'video',
  pick: (codecs: readonly SdpCodec[]) => SdpCodec | undefined,
): NegotiatedTrack | null {
  const sections = offer.media.filter((media) => media.kind === kind && media.port !== 0)
  const sending = sections.filter((media) => !has(media, 'recvonly') && !has(media, 'inactive'))
  if (sending.length > 1) throw unacceptable(`more than one ${kind} track`)
  const [media] = sending
  if (media === undefined) return null
  if (!/^(UDP|TCP)\/TLS\/RTP\/SAVPF$/.test(media.protocol)) {
    throw unacceptable(`${media.protocol} is not a protocol of WebRTC`)
  }
  if (!has(media, 'rtcp-mux')) throw unacceptable(`${kind} is offered without rtcp-mux`)
  const codec = pick(codecsOf(media))
  return codec === undefined ? null : { codec, mid: attributeOf(media, 'mid') ?? '' }
}

function pickH264(codecs: readonly SdpCodec[]): SdpCodec | undefined {
  const usable = codecs.filter(
    ({ name, clockRate, parameters }) =>
      name.toUpperCase() === 'H264' &&
      clockRate === 90_000 &&
      ['0', '1'].includes(parameters['packetization-mode'] ?? '0'),
  )
  const mode1 = usable.filter(({ parameters }) => parameters['packetization-mode'] === '1')
  const preferred = ({ parameters }: SdpCodec) =>
    PREFERRED_PROFILE.test(parameters['profile-level-id'] ?? '42')
  return mode1.find(preferred) ?? mode1[0] ?? usable.find(preferred) ?? usable[0]
}

function pickOpus(codecs: readonly SdpCodec[]): SdpCodec | undefined {
  return codecs.find(({ name, clockRate }) => name.toLowerCase() === 'opus' && clockRate === 48_000)
}

/** Throws `LP_WHIP_OFFER`. RFC 8839 §5.4 */
export function credentials(ufrag = '', password = ''): IceCredentials {
  if (!/^[A-Za-z0-9+/]{4,256}$/.test(ufrag)) throw unacceptable('there is no proper ice-ufrag')
  if (!/^[A-Za-z0-9+/]{22,256}$/.test(password)) throw unacceptable('there is no proper ice-pwd')
  return { ufrag, password }
}

function fingerprintsOf(offer: Sdp, media: SdpMedia | undefined): Fingerprint[] {
  const values = [
    ...(media ? attributesOf(media, 'fingerprint') : []),
    ...attributesOf(offer, 'fingerprint'),
  ]
  const fingerprints = values.flatMap((value) => {
    const [, algorithm, hex] = /^(\S+) ((?:[0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2})$/.exec(value) ?? []
    if (!algorithm || !hex || !HASHES.has(algorithm.toLowerCase())) return []
    return [{ algorithm: algorithm.toLowerCase(), value: hex.toUpperCase() }]
  })
  if (fingerprints.length === 0)
    throw unacceptable('there is no fingerprint of a hash that is safe')
  return fingerprints
}

function has(part: { readonly attributes: readonly SdpAttribute[] }, name: string): boolean {
  return part.attributes.some((attribute) => attribute.name === name)
}

function unacceptable(why: string): WireError {
  return new WireError('LP_WHIP_OFFER', why)
}

export interface LocalTransport extends IceCredentials {
  readonly fingerprint: Fingerprint
  readonly candidates: readonly string[]
  /** Identifies the session in the description. */
  readonly sessionId: string
}

/** Feedback that is taken up where it is offered. */
const FEEDBACK = ['nack', 'nack pli', 'ccm fir', 'goog-remb']

/** The answer to `offer`: the negotiated tracks recvonly, everything else rejected. */
export function buildAnswer(offer: Sdp, negotiated: Negotiated, local: LocalTransport): string {
  const tracks = [negotiated.video, negotiated.audio].filter((track) => track !== null)
  const accepted = offer.media.flatMap((media) => {
    const mid = attributeOf(media, 'mid')
    return tracks.some((track) => track.mid === mid) ? [mid ?? ''] : []
  })
  const sections = offer.media.map((media) => {
    const mid = attributeOf(media, 'mid') ?? ''
    const track = tracks.find((candidate) => candidate.mid === mid)
    return track === undefined ? rejected(media, mid) : acceptedSection(media, track, local)
  })
  const lines = [
    'v=0',
    `o=liveproof ${local.sessionId} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${accepted.join(' ')}`,
    'a=msid-semantic:WMS *',
    ...sections.flat(),
  ]
  return `${lines.join('\r\n')}\r\n`
}

function rejected(media: SdpMedia, mid: string): string[] {
  const line = `m=${media.kind} 0 ${media.protocol} ${media.formats.join(' ')}`
  return [line, 'c=IN IP4 0.0.0.0', `a=mid:${mid}`, 'a=inactive']
}

function acceptedSection(
  media: SdpMedia,
  { codec, mid }: NegotiatedTrack,
  local: LocalTransport,
): string[] {
  const { payloadType, name, clockRate, channels, fmtp } = codec
  const map = `${name}/${clockRate}${media.kind === 'audio' ? `/${channels}` : ''}`
  const parameters = media.kind === 'audio' ? opusParameters(fmtp) : fmtp
  return [
    `m=${media.kind} 9 ${media.protocol} ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=recvonly',
    'a=rtcp-mux',
    ...(has(media, 'rtcp-rsize') ? ['a=rtcp-rsize'] : []),
    `a=rtpmap:${payloadType} ${map}`,
    ...(parameters ? [`a=fmtp:${payloadType} ${parameters}`] : []),
    ...FEEDBACK.filter((feedback) => codec.feedback.includes(feedback)).map(
      (feedback) => `a=rtcp-fb:${payloadType} ${feedback}`,
    ),
    `a=ice-ufrag:${local.ufrag}`,
    `a=ice-pwd:${local.password}`,
    `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    'a=setup:passive',
    ...local.candidates.map((candidate) => `a=candidate:${candidate}`),
    'a=end-of-candidates',
  ]
}

/** Stereo is wanted wherever it can be had; without this a browser sends mono. */
function opusParameters(fmtp: string): string {
  const kept = fmtp.split(';').filter((part) => part.trim() && !/^\s*stereo=/.test(part))
  return [...kept, 'stereo=1'].join(';')
}
