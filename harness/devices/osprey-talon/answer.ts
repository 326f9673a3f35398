import type { Html } from '../html.ts'

/** What a request is answered. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

const ALWAYS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  // Without a referrer a browser would not say where a form comes from either.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

/** An answer of any type, with the headers that each has. */
export function answer(
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { ...ALWAYS, 'Content-Type': type, ...headers }, body }
}

export function page(status: number, { text }: Html): Answer {
  return answer(status, 'text/html; charset=utf-8', text)
}

export function text(
  status: number,
  body: string,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return answer(status, 'text/plain; charset=utf-8', body, headers)
}

/** To be fetched with GET, whatever the request was. */
export function redirect(to: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return text(303, '', { ...headers, Location: to })
}
