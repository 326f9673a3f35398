import { WebSocket } from 'ws'
import { CLOSE_DEADLINE_MS, CONNECT_DEADLINE_MS, MAX_MESSAGE_BYTES } from './limits.ts'
import { ReadPace } from './read-pace.ts'
import type { Viewer, ViewerOptions } from './viewer.ts'
import { ViewerSession } from './viewer-session.ts'

/**
 * Opens a viewer of an H5Live stream: a WebSocket that only receives, text messages and fragmented
 * MP4. Returns at once; failures to connect are told by `closed`. @throws SyntaxError for an
 * address that is no URL
 */
export function openH5LiveViewer(url: string, options: ViewerOptions = {}): Viewer {
  const session = new ViewerSession('h5live', url, options)
  const socket = new WebSocket(url, {
    handshakeTimeout: CONNECT_DEADLINE_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  })
  const pace = new ReadPace(socket, options.readRate)
  let closedByUs = false
  let failure = ''
  let refused = false

  socket.on('upgrade', () => session.reached('connect'))
  socket.on('open', () => session.reached('open'))
  socket.on('unexpected-response', (request, response) => {
    refused = true
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(response.headers)) headers[name] = `${value}`
    session.http({ status: response.statusCode ?? 0, headers })
    failure = `HTTP ${response.statusCode}`
    response.resume()
    response.on('error', () => {})
    request.destroy()
    session.end({ code: null, reason: failure, by: 'refused', clean: true })
  })
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) session.media(data)
    else session.text(data.toString('utf8'))
    pace.took(data.length)
  })
  socket.on('error', (error) => {
    failure ||= error.message
  })
  socket.on('close', (code, reason) => {
    pace.stop()
    options.signal?.removeEventListener('abort', close)
    const clean = code !== 1006
    session.end({
      code: session.record.stages.open === null ? null : code,
      reason: reason.toString('utf8') || failure,
      by: refused ? 'refused' : closedByUs ? 'viewer' : clean ? 'server' : 'failed',
      clean,
    })
  })

  const close = () => {
    if (!closedByUs && !session.record.close) {
      closedByUs = true
      pace.stop()
      socket.resume()
      socket.close(1000)
      // A server that does not answer our close frame shall not hold us up.
      const timer = setTimeout(() => socket.terminate(), CLOSE_DEADLINE_MS)
      session.closed.then(() => clearTimeout(timer))
    }
    return session.closed
  }
  if (options.signal?.aborted) close()
  else options.signal?.addEventListener('abort', close, { once: true })

  return {
    record: session.record,
    latency: session.tracker.latency,
    bpmLatency: session.tracker.bpmLatency,
    stats: session.tracker.stats,
    firstKeyFrame: session.firstKeyFrame,
    closed: session.closed,
    frames: (count, wait) => session.frames(count, wait),
    until: (look, wait) => session.until(look, wait),
    pause: () => pace.hold(),
    resume: () => pace.release(),
    close,
  }
}
