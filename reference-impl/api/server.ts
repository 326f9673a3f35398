import type { AddressInfo } from 'node:net'
import { type FastifyInstance, fastify } from 'fastify'
import type { StreamDirectory } from '../live/stream-directory.ts'
import { addAuthorisation } from './authorise.ts'
import { addBodyParser } from './body-parser.ts'
import { addCors } from './cors.ts'
import { openDatabase } from './database.ts'
import { createDirectory } from './directory.ts'
import { addErrorAnswers, refuseConnection, sendError } from './error-handlers.ts'
import {
  KEEP_ALIVE_MS,
  MAX_BODY_BYTES,
  MAX_CONNECTIONS,
  MAX_HEADER_BYTES,
  MAX_PARAM_LENGTH,
  REQUEST_TIMEOUT_MS,
} from './limits.ts'
import { openApiDocument } from './openapi.ts'
import { openOrganisation } from './organisation.ts'
import { normaliseQuery, parseInput } from './parse-input.ts'
import type { ApiContext, Route } from './route.ts'
import { routes } from './routes.ts'
import { type ApiSeams, defaultApiSeams } from './seams.ts'
import { StreamStore } from './store.ts'
import type { StreamAddresses } from './stream-object.ts'

export interface ApiOptions {
  readonly host: string
  /** 0 lets the system choose one. */
  readonly port: number
  /** A folder, made when it is missing, or `:memory:`. */
  readonly dataDir: string
  /** Replaces the stored key. Without it the store's own is used, made up where there is none. */
  readonly apiKey?: string
  /** Asked for each answer, so that it may be known later than the API listens. */
  readonly addresses: () => StreamAddresses
  readonly seams?: { readonly api: ApiSeams }
  /** Routes that others serve here. They demand the key unless `config.public` is set. */
  readonly extraRoutes?: (app: FastifyInstance) => void
}

export interface Api {
  readonly port: number
  readonly apiKey: string
  readonly directory: StreamDirectory
  close(): Promise<void>
}

/** Starts the bintu API: store first, so that nothing is answered that is not durable. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const seams = options.seams?.api ?? defaultApiSeams()
  const db = openDatabase(options.dataDir)
  const organisation = openOrganisation(db, options.apiKey)
  const store = new StreamStore(db, organisation.hash, seams)
  store.endAllLive()
  const { directory, announce } = createDirectory(store)

  const app = createApp(seams)
  addCors(app)
  addAuthorisation(app, organisation.apiKey, seams)
  addErrorAnswers(app, seams)
  addBodyParser(app)
  const context: ApiContext = { store, organisation, seams, addresses: options.addresses, announce }
  for (const route of routes) addRoute(app, route, context)
  const document = openApiDocument(routes)
  app.get('/openapi.json', { config: { public: true } }, () => document)
  options.extraRoutes?.(app)

  await app.listen({ host: options.host, port: options.port })
  app.server.maxConnections = MAX_CONNECTIONS
  return {
    port: (app.server.address() as AddressInfo).port,
    apiKey: organisation.apiKey,
    directory: seams.directory(directory),
    async close() {
      await app.close()
      db.close()
    },
  }
}

function createApp(seams: ApiSeams): FastifyInstance {
  return fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: REQUEST_TIMEOUT_MS },
    frameworkErrors: (error, _request, reply) => sendError(reply, error, seams),
    clientErrorHandler: refuseConnection,
  })
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
        header: (name, value) => reply.header(name, value),
      })
      return reply.header('content-type', 'application/json; charset=utf-8').send(answer)
    },
  })
}
