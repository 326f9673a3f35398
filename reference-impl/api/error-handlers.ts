import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError, methodNotAllowed, noSuchRoute } from './api-error.ts'
import { errorAnswer, toApiError } from './error-answer.ts'
import type { ApiSeams } from './seams.ts'

/** Sends whatever was thrown in the one shape of errors. */
export function sendError(reply: FastifyReply, thrown: unknown, seams: ApiSeams): void {
  const answer = seams.error(errorAnswer(toApiError(thrown)), thrown)
  reply.code(answer.status).header('content-type', answer.contentType).send(answer.body)
}

/** Every error that a handler, a parser or the router of `app` can meet. */
export function addErrorAnswers(app: FastifyInstance, seams: ApiSeams): void {
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, seams))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!
    const allowed = METHODS.filter((method) => app.findRoute({ method, url: path }) !== null)
    if (allowed.length === 0) return sendError(reply, noSuchRoute(), seams)
    reply.header('allow', allowed.join(', '))
    return sendError(reply, methodNotAllowed(allowed), seams)
  })
}

/** Answers bytes that are not HTTP, or that came too slowly, and closes. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  const [status, reason] = CONNECTION_ERRORS[error.code ?? ''] ?? [400, 'Bad Request']
  const answer = errorAnswer(new ApiError(status, 1000, 'The request is not understood.'))
  if (socket.writable && !socket.destroyed) {
    socket.end(
      `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${answer.contentType}\r\n` +
        `content-length: ${Buffer.byteLength(answer.body)}\r\nconnection: close\r\n\r\n${answer.body}`,
    )
  } else socket.destroy()
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const

const CONNECTION_ERRORS: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}
