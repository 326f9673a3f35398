import type { FastifyInstance } from 'fastify'

const METHODS = 'GET, POST, PUT, DELETE, OPTIONS'

/**
 * Dashboards and players call the API from pages of any origin. That is safe here because a
 * request's rights come from its key header alone, never from a cookie.
 */
export function addCors(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*')
    reply.header('access-control-expose-headers', 'link')
    if (request.method !== 'OPTIONS') return
    reply.header('access-control-allow-methods', METHODS)
    reply.header('access-control-allow-headers', 'content-type, x-bintu-apikey')
    reply.header('access-control-max-age', '600')
    await reply.code(204).send()
  })
}
