import { z } from 'zod'
import { errorObject } from './error-answer.ts'
import type { Route } from './route.ts'
import { streamObject } from './stream-object.ts'

type Json = Readonly<Record<string, unknown>>

/** Errors that every route can answer. */
const COMMON_ERRORS = [400, 401, 403, 404, 405, 413, 415, 500] as const

const REASONS: Readonly<Record<number, string>> = {
  400: 'A parameter is missing or wrong, or the body is not JSON.',
  401: 'The key is wrong.',
  403: 'The key is missing, or the feature is not enabled.',
  404: 'There is no such stream.',
  405: 'This address does not take this method.',
  409: '[GUESS] The state of the stream does not allow it.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  500: 'Internal error.',
}

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
    ...(route.guess === undefined ? {} : { 'x-guess': true }),
    ...(route.public ? { security: [{ apiKey: [] }, {}] } : {}),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body
      ? { requestBody: { required: requiresBody(route.body), content: json(route.body, 'input') } }
      : {}),
    responses: {
      200: { description: 'Done.', content: json(route.answer, 'output') },
      ...Object.fromEntries(
        errors.map((status) => [
          status,
          { description: REASONS[status] ?? 'Error.', content: json(errorObject, 'output') },
        ]),
      ),
    },
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
    ...(schema['x-guess'] === true ? { 'x-guess': true } : {}),
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
