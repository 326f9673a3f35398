import { type FastifyInstance, fastify } from 'fastify'
import { addAuthorisation } from './authorise.ts'
import { addBodyParser } from './body-parser.ts'
import { addCors } from './cors.ts'
import { addErrorAnswers, refuseConnection, sendError } from './error-handlers.ts'
import {
  KEEP_ALIVE_MS,
  MAX_BODY_BYTES,
  MAX_HEADER_BYTES,
  MAX_PARAM_LENGTH,
  REQUEST_CHECK_MS,
} from './limits.ts'
import { openApiDocument } from './openapi.ts'
import { normaliseQuery, parseInput } from './parse-input.ts'
import type { ApiContext, Route } from './route.ts'
import { routes } from './routes.ts'

/** The HTTP side of the API: its routes, their document, and one shape for every error. */
export function createApp(context: ApiContext, requestTimeoutMs: number): FastifyInstance {
  const { seams, organisation } = context
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(REQUEST_CHECK_MS, requestTimeoutMs),
    },
    frameworkErrors: (error, _request, reply) => sendError(reply, error, seams),
    clientErrorHandler: refuseConnection,
  })
  addCors(app)
  addAuthorisation(app, organisation.apiKey, seams)
  addErrorAnswers(app, seams)
  addBodyParser(app)
  for (const route of routes) addRoute(app, route, context)
  const document = openApiDocument(routes)
  app.get('/openapi.json', { config: { public: true } }, () => document)
  return app
}

function addRoute(app: FastifyInstance, route: Route, context: ApiContext): void {
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { public: route.public === true },
    handler: async (request, reply) => {
      const answer = route.handle(context, {
        id: (request.params as { id?: string }).id ?? '',
        query: route.query && parseInput(route.query, normaliseQuery(request.query)),
        body: route.body && parseInput(route.body, request.body ?? {}),
        authorised: request.authorised,
        client: request.ip,
        header: (name, value) => reply.header(name, value),
      })
      return reply.header('content-type', 'application/json; charset=utf-8').send(answer)
    },
  })
}
