import { UsageError } from '../errors.ts'
import type { Link, OpenLinkOptions } from './link.ts'
import type { HostPort } from './link-proxy.ts'
import { openLink } from './open-link.ts'
import { WhipFront } from './whip-front.ts'

export interface OpenWhipLinkOptions
  extends Pick<OpenLinkOptions, 'preset' | 'spec' | 'seed' | 'listen' | 'backend'> {
  /** Of the endpoint. */
  readonly url: string
  /** Told when the first session's media gets its link. */
  readonly onMedia?: (link: Link) => void
}

/** A link in front of a WHIP endpoint: one model for its HTTP, and one for the media of its sessions. */
export interface WhipLink {
  /** Leads to the endpoint through the link. */
  readonly url: string
  readonly address: HostPort
  readonly signalling: Link
  /** Null before the first session was answered. */
  readonly media: Link | null
  close(): Promise<void>
}

/**
 * Opens a link for WebRTC. What an endpoint's answers name as candidates is reached through the
 * link, and through nothing else.
 * @throws UsageError `LP_LINK_ADDRESS`, and as `openLink`
 */
export async function openWhipLink(options: OpenWhipLinkOptions): Promise<WhipLink> {
  const { url, listen, onMedia, ...rest } = options
  const origin = httpUrl(url)
  const port = Number(origin.port) || (origin.protocol === 'https:' ? 443 : 80)
  const host = origin.hostname.replace(/^\[|\]$/g, '')
  const signalling = await openLink({ ...rest, protocol: 'tcp', to: { host, port } })
  let opening: Promise<Link> | null = null
  let media: Link | null = null
  const known = new Map<string, Promise<HostPort>>()
  const addressOf = async (to: HostPort): Promise<HostPort> => {
    // Media comes in where the requests do.
    const at = listen?.host === undefined ? {} : { host: listen.host }
    if (opening) return (await opening).also(to, at)
    opening = openLink({ ...rest, protocol: 'udp', to, listen: at })
    media = await opening
    onMedia?.(media)
    return media.address
  }
  const front = await WhipFront.open({
    origin,
    through: signalling.address,
    ...(listen ? { listen } : {}),
    media(to) {
      const key = `${to.host} ${to.port}`
      const found = known.get(key) ?? addressOf(to)
      known.set(key, found)
      return found
    },
  }).catch(async (error: unknown) => {
    await signalling.close()
    throw new UsageError('LP_LINK_LISTEN', `cannot listen: ${String(error)}`, { cause: error })
  })
  const { address } = front
  const shown = address.host.includes(':') ? `[${address.host}]` : address.host
  return {
    url: `http://${shown}:${address.port}${origin.pathname}${origin.search}`,
    address,
    signalling,
    get media() {
      return media
    },
    async close() {
      await front.close()
      await signalling.close()
      await opening?.then((link) => link.close()).catch(() => {})
    },
  }
}

function httpUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text)
    if (/^https?:$/.test(url.protocol)) return url
  }
  throw new UsageError('LP_LINK_ADDRESS', `'${text}' is no WHIP endpoint; write http://host:port/…`)
}
