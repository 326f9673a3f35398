/** An HTTP answer, before it is written. */
export interface WhipAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** A refusal with its reason, in the shape of the API's errors. */
export function refusal(
  status: number,
  code: string,
  message: string,
  headers: WhipAnswer['headers'] = {},
): WhipAnswer {
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ error: { message, code, userinfo: {} } }),
  }
}

export function emptyAnswer(status: number, headers: WhipAnswer['headers'] = {}): WhipAnswer {
  return { status, headers, body: '' }
}
