import { parsePublishName } from '../rtmp/publish-name.ts'

/** What a request's address asks for. */
export type WhipRoute =
  | {
      readonly kind: 'publish'
      readonly name: string
      readonly params: Readonly<Record<string, string>>
      /** Whether a bearer token that equals the name must come with it. */
      readonly needsToken: boolean
      /** The client was sent here from another address. */
      readonly redirected: boolean
    }
  | {
      readonly kind: 'redirect'
      readonly name: string
      /** Where it is published here. */
      readonly to: string
      readonly needsToken: boolean
      /** The path at another host, for clients that may not take their token along. */
      readonly elsewhere: string
    }
  | { readonly kind: 'session'; readonly key: string }
  | { readonly kind: 'bad'; readonly why: string }
  | { readonly kind: 'unknown' }

/** The location of this ingest, of which the reference has one. */
const LOCATION = 'local'

/**
 * - `/p/webrtc?stream_name=…&stream_url=…`: the vendor's form, without a token;
 * - `/whip/NAME`: with the stream name as bearer token; redirects to the ingest location;
 * - `/webrtc/KEY`: Livepeer's form, where the key in the path is the secret; redirects likewise;
 * - `/whip/session/ID`: a session.
 */
export function routeOf(address: string): WhipRoute {
  let url: URL
  try {
    url = new URL(address, 'http://ingest.invalid')
  } catch {
    return { kind: 'bad', why: 'the address cannot be read' }
  }
  const parts = url.pathname.split('/').slice(1).map(decode)
  const [first, second, third, fourth] = parts
  if (parts.includes(null)) return { kind: 'bad', why: 'the address is not UTF-8' }
  if (first === 'p' && second === 'webrtc' && parts.length === 2) return vendorRoute(url)
  const open = { params: Object.create(null) as Record<string, string> }
  if ((first === 'whip' || first === 'webrtc') && second && parts.length === 2) {
    const at = (form: string) => `/ingest/${LOCATION}/${form}/${encodeURIComponent(second)}`
    return {
      kind: 'redirect',
      name: second,
      to: at(first),
      needsToken: first === 'whip',
      elsewhere: at('webrtc'),
    }
  }
  if (first === 'ingest' && second === LOCATION && fourth && parts.length === 4) {
    const published = { kind: 'publish', name: fourth, ...open, redirected: true } as const
    if (third === 'whip') return { ...published, needsToken: true }
    if (third === 'webrtc') return { ...published, needsToken: false }
  }
  if (first === 'whip' && second === 'session' && third && parts.length === 3) {
    return { kind: 'session', key: third }
  }
  return { kind: 'unknown' }
}

function vendorRoute(url: URL): WhipRoute {
  const streamName = url.searchParams.get('stream_name')
  const streamUrl = url.searchParams.get('stream_url')
  if (!streamName) return { kind: 'bad', why: 'stream_name is missing' }
  if (!streamUrl) return { kind: 'bad', why: 'stream_url is missing' }
  // It names the RTMP ingest of the same cloud; nothing is ever sent there.
  if (!/^rtmps?:\/\/[^\s/]+(\/|$)/.test(streamUrl)) {
    return { kind: 'bad', why: 'stream_url is not an RTMP address' }
  }
  const { name, params } = parsePublishName(streamName)
  return { kind: 'publish', name, params, needsToken: false, redirected: false }
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
