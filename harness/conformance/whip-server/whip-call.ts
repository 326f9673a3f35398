import { TargetError } from '../../errors.ts'

const TIMEOUT_MS = 8_000
const MAX_BODY = 64 * 1024

export interface WhipReply {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** After redirects. */
  readonly url: string
}

export interface WhipCall {
  readonly method: string
  readonly token?: string | null
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly signal: AbortSignal
}

/**
 * One HTTP request; 307 and 308 are followed with everything they came with.
 * @throws TargetError `LP_WHIP_NO_ANSWER`
 */
export async function whipCall(url: string, call: WhipCall): Promise<WhipReply> {
  const { method, token, body, signal } = call
  const headers = {
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...call.headers,
  }
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const text = (await response.text()).slice(0, MAX_BODY)
    return { status: response.status, headers: response.headers, body: text, url: response.url }
  } catch (error) {
    signal.throwIfAborted()
    throw new TargetError('LP_WHIP_NO_ANSWER', `${method} ${url}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
