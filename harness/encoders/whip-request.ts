import { EncoderError } from './encoder-error.ts'
import type { WhipWire } from './whip-wire.ts'

const MAX_REDIRECTS = 5
const MAX_ANSWER_BYTES = 256 * 1024

export interface WhipResource {
  readonly answer: string
  /** Absolute address of the session. */
  readonly location: string
}

/**
 * Offers, as the profile's client does: redirects followed or not, only 201 accepted.
 * @throws EncoderError `LP_ENCODER_CONNECT`, `LP_ENCODER_TIMEOUT`, `LP_ENCODER_REFUSED`
 */
export async function createResource(
  url: string,
  offer: string,
  token: string,
  wire: WhipWire,
): Promise<WhipResource> {
  let address = url
  for (let hop = 0; ; hop++) {
    const response = await request(address, wire, {
      method: 'POST',
      headers: { ...headersOf(token, wire), 'Content-Type': 'application/sdp' },
      body: offer,
      redirect: 'manual',
    })
    const location = response.headers.get('location')
    const redirects = response.status === 307 || response.status === 308
    if (redirects && location && wire.followsRedirects && hop < MAX_REDIRECTS) {
      await response.body?.cancel()
      address = new URL(location, address).href
      continue
    }
    const text = (await response.text()).slice(0, MAX_ANSWER_BYTES)
    if (response.status !== 201) {
      throw new EncoderError(
        'LP_ENCODER_REFUSED',
        `${response.status}: ${text}`,
        String(response.status),
      )
    }
    if (!location) throw new EncoderError('LP_ENCODER_CONNECT', 'the answer has no Location')
    return { answer: text, location: new URL(location, address).href }
  }
}

/** Ends a session; whatever the answer is, the client is gone. */
export async function deleteResource(
  location: string,
  token: string,
  wire: WhipWire,
): Promise<void> {
  const response = await request(location, wire, {
    method: 'DELETE',
    headers: headersOf(token, wire),
  }).catch(() => null)
  await response?.body?.cancel()
}

function headersOf(token: string, wire: WhipWire): Record<string, string> {
  return {
    'User-Agent': wire.userAgent,
    ...(wire.authorization === 'bearer' ? { Authorization: `Bearer ${token}` } : {}),
  }
}

async function request(url: string, wire: WhipWire, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(wire.httpTimeoutMs) })
  } catch (error) {
    const timeout = (error as Error).name === 'TimeoutError'
    const code = timeout ? 'LP_ENCODER_TIMEOUT' : 'LP_ENCODER_CONNECT'
    throw new EncoderError(code, `${url}: ${(error as Error).message}`, null, { cause: error })
  }
}
