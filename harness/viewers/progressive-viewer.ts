import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { CONNECT_DEADLINE_MS } from './limits.ts'
import { ReadPace } from './read-pace.ts'
import type { Viewer, ViewerOptions } from './viewer.ts'
import { ViewerSession } from './viewer-session.ts'

/**
 * Opens a viewer of progressive fragmented MP4 over HTTP. Returns at once; failures to connect are
 * told by `closed`, an answer other than 200 by `record.http`. @throws TypeError for an address
 * that is no URL
 */
export function openProgressiveViewer(url: string, options: ViewerOptions = {}): Viewer {
  const session = new ViewerSession('progressive', url, options)
  const send = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest
  const request = send(url, {
    agent: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  })
  let response: IncomingMessage | null = null
  let closedByUs = false
  const pace = new ReadPace(
    { pause: () => response?.pause(), resume: () => response?.resume() },
    options.readRate,
  )
  const deadline = setTimeout(
    () => request.destroy(new Error(`no answer within ${CONNECT_DEADLINE_MS} ms`)),
    CONNECT_DEADLINE_MS,
  )

  const end = (by: 'server' | 'refused' | 'failed', reason: string, clean: boolean) => {
    clearTimeout(deadline)
    pace.stop()
    options.signal?.removeEventListener('abort', close)
    session.end({ code: null, reason, by: closedByUs ? 'viewer' : by, clean })
  }

  request.on('socket', (socket) => socket.once('connect', () => session.reached('connect')))
  request.on('response', (incoming) => {
    clearTimeout(deadline)
    response = incoming
    session.reached('open')
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(incoming.headers)) headers[name] = `${value}`
    const status = incoming.statusCode ?? 0
    session.http({ status, headers })
    incoming.on('data', (chunk: Buffer) => {
      if (status === 200) session.media(chunk)
      else session.text(chunk.toString('utf8'))
      pace.took(chunk.length)
    })
    incoming.on('error', (error) => end('failed', error.message, false))
    incoming.on('end', () =>
      end(status === 200 ? 'server' : 'refused', `HTTP ${status} ended`, true),
    )
    incoming.on('close', () => end('failed', 'connection lost', false))
  })
  request.on('error', (error) => end('failed', error.message, false))
  request.end()

  const close = () => {
    closedByUs = true
    request.destroy()
    return session.closed
  }
  if (options.signal?.aborted) close()
  else options.signal?.addEventListener('abort', close, { once: true })
  // A request that is destroyed before its answer reports that by 'close' alone.
  request.on('close', () => {
    if (!response) end('failed', 'closed without an answer', false)
  })

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
