import { z } from 'zod'
import { errorObject } from './error-answer.ts'
import type { Route } from './route.ts'
import { streamObject } from './stream-object.ts'

type Json = Readonly<Record<string, unknown>>

const GUESS = { 'x-guess': true } as const

/** Errors that every route can answer. */
const COMMON_ERRORS = [400, 401, 403, 404, 405, 413, 415, 500] as const

const REASONS: Readonly<Record<number, string>> = {
  400: 'A parameter is missing or wrong, or the body is not JSON.',
  401: 'The key is wrong.',
  403: 'The key is missing, or the feature is not enabled.',
  404: 'There is no such stream.',
  405: 'This address does not take this method.',
  409: 'The state of the stream does not allow it.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  500: 'Internal error.',
}

/** Statuses of errors that the vendor documents; the others are guesses. */
const DOCUMENTED_STATUSES: ReadonlySet<number> = new Set([400, 401, 403])

/** The OpenAPI 3.1 document, from the very schemas that check requests. */
export function openApiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    paths[route.path]![route.method.toLowerCase()] = operation(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'bintu, as the reference of liveproof serves it',
      version: '0.1.0',
      description:
        'Built from the public documentation. What that leaves open is a guess of ours, marked with "x-guess" and [GUESS].',
    },
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'X-BINTU-APIKEY' } },
      schemas: {
        Stream: component(streamObject),
        Error: component(errorObject),
      },
    },
  }
}

function operation(route: Route): Json {
  const errors = [...new Set([...COMMON_ERRORS, ...route.errors])].sort()
  return {
    operationId: route.operation,
    summary: route.guess === undefined ? route.summary : `${route.summary} [GUESS] ${route.guess}`,
    ...(route.guess === undefined ? {} : GUESS),
    ...(route.public ? { security: [{ apiKey: [] }, {}] } : {}),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body
      ? { requestBody: { required: requiresBody(route.body), content: json(route.body, 'input') } }
      : {}),
    responses: {
      200: success(route),
      ...Object.fromEntries(errors.map((status) => [status, failure(status)])),
    },
  }
}

function success({ answer, answerGuess, headers }: Route): Json {
  return {
    ...(answerGuess === undefined
      ? { description: 'Done.' }
      : { ...GUESS, description: `Done. [GUESS] ${answerGuess}` }),
    ...(headers === undefined ? {} : { headers: guessedHeaders(headers) }),
    content: json(answer, 'output'),
  }
}

function guessedHeaders(headers: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, meaning]) => [
      name,
      { ...GUESS, description: `[GUESS] ${meaning}`, schema: { type: 'string' } },
    ]),
  )
}

function failure(status: number): Json {
  const reason = REASONS[status] ?? 'Error.'
  return {
    ...(DOCUMENTED_STATUSES.has(status)
      ? { description: reason }
      : { ...GUESS, description: `[GUESS] ${reason}` }),
    content: json(errorObject, 'output'),
  }
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: Route): Json[] {
  if (query === undefined) return []
  const { properties = {} } = jsonSchema(query, 'input') as { properties?: Record<string, Json> }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    ...(schema['x-guess'] === true ? GUESS : {}),
    ...(typeof schema['description'] === 'string' ? { description: schema['description'] } : {}),
    schema,
  }))
}

function requiresBody(schema: z.ZodType): boolean {
  return !schema.safeParse({}).success
}

function json(schema: z.ZodType, io: 'input' | 'output'): Json {
  return { 'application/json': { schema: jsonSchema(schema, io) } }
}

/** Schemas with an id are written once, among the components, and referred to. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, $defs: __, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return JSON.parse(JSON.stringify(rest).replaceAll('#/$defs/', '#/components/schemas/')) as Json
}

function component(schema: z.ZodType): unknown {
  const { $defs = {} } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
  return $defs[String(schema.meta()?.['id'])]
}
