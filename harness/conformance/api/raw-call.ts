import type { ProbeContext } from '../probe-context.ts'

/** ms for one call */
const CALL_DEADLINE_MS = 10_000

export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  /** Target of `Link: …; rel="next"`, null where there is none. */
  readonly next: string | null
  readonly text: string
  /** undefined where the text is not JSON */
  readonly json: unknown
}

export interface RawCall {
  /** Sent as it is where it is a string, else as JSON. */
  readonly body?: unknown
  /** Another key than the target's; null for none. */
  readonly key?: string | null
  readonly contentType?: string
}

/** One call that is neither repeated nor judged: whatever comes is an answer. */
export async function rawCall(
  { target, signal }: Pick<ProbeContext, 'target' | 'signal'>,
  method: string,
  path: string,
  { body, key = target.apiKey, contentType = 'application/json' }: RawCall = {},
): Promise<RawAnswer> {
  const response = await fetch(target.api + path, {
    method,
    headers: {
      ...(key === null ? {} : { 'X-BINTU-APIKEY': key }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_DEADLINE_MS)]),
  })
  const text = await response.text()
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    next: /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1] ?? null,
    text,
    json: parse(text),
  }
}

/** A value inside of JSON: `field(answer, 'ingest', 'rtmp', 'url')`; undefined where it is not. */
export function field(json: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    json,
  )
}

/** A value as a reader should see it, cut short. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing')
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
