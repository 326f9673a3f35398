import type { FastifyInstance } from 'fastify'
import { invalidJson, wrongMediaType } from './api-error.ts'

/** JSON bodies only; an empty body of whatever type counts as none. */
export function addBodyParser(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(invalidJson(), undefined)
    }
  })
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
    body.length === 0 ? done(null, undefined) : done(wrongMediaType(), undefined),
  )
}
