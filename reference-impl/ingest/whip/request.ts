/** A request, as far as WHIP looks at it. */
export interface WhipRequest {
  readonly method: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** `host:port` */
  readonly remote: string
}

/** Without parameters, in lower case. */
export function mediaType(value = ''): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase()
}
