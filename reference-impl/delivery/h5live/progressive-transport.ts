import type { ServerResponse } from 'node:http'
import { type FragmentPacket, type InitPacket, mediaOf } from '../../live/packet.ts'
import { sendJsonError } from './json-error.ts'
import type { H5LiveSeams } from './seams.ts'
import type { ViewerEnd, ViewerTransport } from './viewer-transport.ts'

export const PROGRESSIVE_HEADERS = {
  'Content-Type': 'video/mp4',
  'Cache-Control': 'no-store',
  'Access-Control-Allow-Origin': '*',
  // One response a connection: it ends with the stream.
  Connection: 'close',
} as const

/** Progressive MP4: the same media over one chunked HTTP response. Texts have no place here. */
export class ProgressiveTransport implements ViewerTransport {
  readonly #response: ServerResponse
  readonly #seams: H5LiveSeams

  constructor(response: ServerResponse, seams: H5LiveSeams) {
    this.#response = response
    this.#seams = seams
  }

  queuedBytes(): number {
    return this.#response.writableLength
  }

  sentBytes(): number {
    const socket = this.#response.socket
    return socket === null ? 0 : socket.bytesWritten - socket.writableLength
  }

  status(): void {}

  metadata(): void {}

  streamInfo(): void {
    if (this.#response.headersSent) return
    this.#response.writeHead(200, this.#seams.progressiveHeaders(PROGRESSIVE_HEADERS))
  }

  init(packet: InitPacket): void {
    this.#response.write(mediaOf(packet))
  }

  fragment(packet: FragmentPacket): void {
    this.#response.write(mediaOf(packet))
  }

  together(writes: () => void): void {
    this.#response.cork()
    try {
      writes()
    } finally {
      this.#response.uncork()
    }
  }

  close(end: ViewerEnd): void {
    if (this.#response.headersSent) {
      if (end.kind === 'stream-ended') this.#response.end()
      else this.#response.destroy()
    } else if (end.kind === 'refused') {
      const { http, code, message } = end.refused
      sendJsonError(this.#response, http, code, message)
    } else {
      sendJsonError(this.#response, 404, 2004, 'The stream ended before it had media.')
    }
  }
}
