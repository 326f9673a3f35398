import type { FastifyInstance } from 'fastify'
import { accessDenied, credentialsInvalid } from './api-error.ts'
import { API_KEY_HEADER, isApiKey } from './api-key.ts'
import type { ApiSeams } from './seams.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** False only on a public route, called without a key. */
    authorised: boolean
  }
  interface FastifyContextConfig {
    /** Answers without a key too. Every other route of the server demands one. */
    public?: boolean
  }
}

/** Demands the key on every route that is not marked public, before a body is read. */
export function addAuthorisation(
  app: FastifyInstance,
  apiKey: string,
  seams: Pick<ApiSeams, 'authorised'>,
): void {
  app.decorateRequest('authorised', false)
  app.addHook('onRequest', async (request) => {
    if (request.is404 || request.method === 'OPTIONS') return
    const given = request.headers[API_KEY_HEADER]
    request.authorised = seams.authorised(isApiKey(given, apiKey))
    if (request.authorised) return
    if (given !== undefined) throw credentialsInvalid()
    if (request.routeOptions.config.public !== true) throw accessDenied()
  })
}
