import { BintuError, codeOfStatus } from './bintu-error.ts'
import { MAX_ANSWER_BYTES } from './bintu-limits.ts'

export interface BintuCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query below the API's base. */
  readonly path: string
  readonly body?: unknown
}

export interface BintuAccess {
  /** Base of the API, without a trailing slash. */
  readonly api: string
  readonly apiKey: string
  /** ms for the whole attempt */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** A failed attempt, and how long the target asked to wait (ms) where it did. */
export interface FailedAttempt {
  readonly error: BintuError
  readonly retryAfterMs?: number
}

/**
 * Makes one attempt.
 * @returns the parsed JSON of a 2xx answer, undefined for an empty one
 * @throws FailedAttempt, never anything else
 */
export async function attemptCall(access: BintuAccess, call: BintuCall): Promise<unknown> {
  const timeout = AbortSignal.timeout(access.timeoutMs)
  const signal = access.signal ? AbortSignal.any([access.signal, timeout]) : timeout
  let status: number | undefined
  try {
    const response = await fetch(access.api + call.path, {
      method: call.method,
      headers: {
        'X-BINTU-APIKEY': access.apiKey,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      redirect: 'manual',
      signal,
    })
    status = response.status
    const text = await readText(response)
    if (!response.ok) throw failureOf(response, text, access, call)
    return parseJson(text, access, call, status)
  } catch (thrown) {
    if (isFailedAttempt(thrown)) throw thrown
    const code = codeOfThrown(thrown, access.signal, timeout)
    const message = `${nameOf(call)}: ${describe(code, access, thrown)}`
    throw { error: new BintuError(code, redact(message, access), status) } satisfies FailedAttempt
  }
}

export function isFailedAttempt(thrown: unknown): thrown is FailedAttempt {
  return (thrown as FailedAttempt | null)?.error instanceof BintuError
}

export function nameOf(call: BintuCall): string {
  return `${call.method} ${call.path}`
}

/** Takes the key out of a text that a target wrote. */
export function redact(text: string, { apiKey }: Pick<BintuAccess, 'apiKey'>): string {
  return apiKey === '' ? text : text.replaceAll(apiKey, '[key]')
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > MAX_ANSWER_BYTES) {
      const message = `the answer is larger than ${MAX_ANSWER_BYTES} bytes`
      throw { error: new BintuError('LP_API_TOO_LARGE', message, response.status) }
    }
    text += decoder.decode(part, { stream: true })
  }
  return text + decoder.decode()
}

function parseJson(text: string, access: BintuAccess, call: BintuCall, status: number): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    const message = `${nameOf(call)}: the answer is not JSON: ${quote(text)}`
    throw { error: new BintuError('LP_API_INVALID_JSON', redact(message, access), status) }
  }
}

function failureOf(
  response: Response,
  text: string,
  access: BintuAccess,
  call: BintuCall,
): FailedAttempt {
  const { status, headers } = response
  const message = `${nameOf(call)}: answered ${status}: ${messageIn(text)}`
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'))
  return {
    error: new BintuError(codeOfStatus(status), redact(message, access), status),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** Seconds or an HTTP date, RFC 9110 §10.2.3. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/** `error.message` of the vendor's error shape, or the beginning of whatever came. */
function messageIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; code?: unknown } }
    if (typeof error?.message === 'string') return `${error.message} (code ${String(error.code)})`
  } catch {
    // Not JSON: quoted as it is.
  }
  return quote(text)
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}

function codeOfThrown(thrown: unknown, aborted: AbortSignal | undefined, timeout: AbortSignal) {
  if (aborted?.aborted) return 'LP_API_ABORTED'
  if (timeout.aborted) return 'LP_API_TIMEOUT'
  return UNREACHABLE.has(systemCode(thrown)) ? 'LP_API_UNREACHABLE' : 'LP_API_CUT'
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])

function systemCode(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return String((cause as { code?: unknown } | undefined)?.code ?? '')
}

function describe(code: string, access: BintuAccess, thrown: unknown): string {
  switch (code) {
    case 'LP_API_TIMEOUT':
      return `no complete answer within ${access.timeoutMs} ms`
    case 'LP_API_ABORTED':
      return 'given up by the caller'
    case 'LP_API_UNREACHABLE':
      return `no connection to ${access.api} (${systemCode(thrown)})`
    default:
      return `the connection ended before the answer (${systemCode(thrown) || 'no cause given'})`
  }
}
