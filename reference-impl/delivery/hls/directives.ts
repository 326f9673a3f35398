/** Delivery directives of a playlist request (RFC 8216bis §6.2.5). */
export interface Directives {
  /** Wait for this media sequence number. */
  readonly msn: number | null
  /** Wait for this part of it. */
  readonly part: number | null
  /** A delta update is welcome. */
  readonly skip: boolean
}

const NUMBER = /^\d{1,15}$/

/** What a request's query says, or why it cannot be meant. Unknown parameters mean nothing here. */
export function readDirectives(query: URLSearchParams): Directives | string {
  for (const name of ['_HLS_msn', '_HLS_part', '_HLS_skip']) {
    if (query.getAll(name).length > 1) return `Parameter given twice: ${name}.`
  }
  const [msn, part, skip] = [query.get('_HLS_msn'), query.get('_HLS_part'), query.get('_HLS_skip')]
  if (msn !== null && !NUMBER.test(msn)) return 'Parameter malformed: _HLS_msn.'
  if (part !== null && !NUMBER.test(part)) return 'Parameter malformed: _HLS_part.'
  if (part !== null && msn === null) return '_HLS_part needs _HLS_msn.'
  if (skip !== null && skip !== 'YES' && skip !== 'v2') return 'Parameter malformed: _HLS_skip.'
  return {
    msn: msn === null ? null : Number(msn),
    part: part === null ? null : Number(part),
    skip: skip !== null,
  }
}
