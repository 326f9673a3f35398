import type { ServerResponse } from 'node:http'

/** The API's error shape (facts §1.6), and the end of the response. */
export function sendJsonError(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
): void {
  const body = JSON.stringify({ error: { message, code, userinfo: {} } })
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Access-Control-Allow-Origin': '*',
  })
  response.end(body)
}
