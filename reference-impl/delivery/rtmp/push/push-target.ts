import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { CodedError } from '../../../errors.ts'
import { RESOLVE_MS } from './limits.ts'
import type { PushPolicy } from './push-policy.ts'

/** A push URL, taken apart. */
export interface PushTarget {
  readonly secure: boolean
  /** Without brackets. */
  readonly host: string
  readonly port: number
  readonly app: string
  /** `rtmp://host:port/app` */
  readonly tcUrl: string
  /** Stream name or key, parameters included. */
  readonly key: string
}

const DEFAULT_PORT = { rtmp: 1935, rtmps: 443 } as const

/** `rtmp[s]://host[:port]/app/KEY[?…]`. @throws CodedError `LP_PUSH_URL` */
export function parsePushUrl(text: string): PushTarget {
  const [, scheme, authority, path] = /^(rtmps?):\/\/([^/?#]+)\/([^#]+)$/.exec(text) ?? []
  const url = URL.parse(`http://${authority}/`)
  if (scheme === undefined || path === undefined || url === null) throw bad('an RTMP address')
  if (url.username !== '' || url.password !== '') throw bad('an address without credentials')
  const query = path.indexOf('?')
  const slash = path.lastIndexOf('/', query === -1 ? path.length : query)
  const [app, key] = slash === -1 ? ['', ''] : [path.slice(0, slash), path.slice(slash + 1)]
  if (app === '' || key === '') throw bad('an address with application and stream key')
  const secure = scheme === 'rtmps'
  // `http` would swallow port 80, which RTMP servers do use.
  const port = /:(\d+)$/.exec(authority ?? '')?.[1]
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: port === undefined ? DEFAULT_PORT[secure ? 'rtmps' : 'rtmp'] : Number(port),
    app,
    tcUrl: `${scheme}://${authority}/${app}`,
    key,
  }
}

export type Resolve = (host: string) => Promise<readonly string[]>

async function resolveByDns(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/**
 * The address to connect to: an allowed one of those that the name has now. What was checked is
 * what is connected to, so a name that changes its mind gains nothing.
 * @throws CodedError `LP_PUSH_RESOLVE`, `LP_PUSH_DENIED`
 */
export async function allowedAddress(
  host: string,
  policy: PushPolicy,
  resolve: Resolve = resolveByDns,
): Promise<string> {
  const addresses = isIP(host) === 0 ? await inTime(resolve(host)) : [host]
  const allowed = addresses.find((address) => policy.allows(address))
  if (allowed === undefined) {
    throw new CodedError('LP_PUSH_DENIED', 'no address of the push target is allowed')
  }
  return allowed
}

async function inTime(addresses: Promise<readonly string[]>): Promise<readonly string[]> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer')), RESOLVE_MS)
  try {
    return await Promise.race([addresses, late.promise])
  } catch (error) {
    throw new CodedError('LP_PUSH_RESOLVE', 'the name of the push target cannot be resolved', {
      cause: error,
    })
  } finally {
    clearTimeout(timer)
  }
}

function bad(what: string): CodedError {
  return new CodedError('LP_PUSH_URL', `a push URL must be ${what}`)
}
