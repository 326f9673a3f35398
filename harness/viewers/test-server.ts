import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** For tests: a server whose behaviour is a function per connection, on a port of its own. */
export async function startTestServer(handlers: {
  socket?: (socket: WebSocket, request: IncomingMessage) => void
  http?: (request: IncomingMessage, response: ServerResponse) => void
}): Promise<{ ws: string; http: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (handlers.http) handlers.http(request, response)
    else response.writeHead(404).end('no')
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    const { socket: handler } = handlers
    if (!handler) socket.end('HTTP/1.1 403 Forbidden\r\nX-Why: test\r\nContent-Length: 0\r\n\r\n')
    else sockets.handleUpgrade(request, socket, head, (opened) => handler(opened, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ws: `ws://${host}/`,
    http: `http://${host}/`,
    close: async () => {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
