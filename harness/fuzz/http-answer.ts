/** What is wrong with an HTTP answer, whatever the request was; null when nothing is. */
export function judgeHttp(answer: Buffer): string | null {
  // Bytes that are no request may be answered by a closed connection.
  if (answer.length === 0) return null
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer.toString('latin1', 0, 16))?.[1]
  if (status === undefined) return `answered ${JSON.stringify(answer.toString('latin1', 0, 40))}`
  // 501 and 505 are said of the request, 503 of the load; a 500 admits to a bug.
  if (status === '500' || status === '502') return `answered ${status}`
  if (/\bat \S+ \(?(file:|node:|\/)/.test(answer.toString('latin1', 0, 4_000))) {
    return 'an answer shows a stack trace'
  }
  return null
}
