import { randomUUID } from 'node:crypto'
import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { checkError } from './error-shape.ts'
import { rawCall } from './raw-call.ts'

export const unknown = apiRule(
  {
    id: 'api.unknown',
    title: 'An unknown stream is answered with 404 in the shape of errors',
    source: { document: 'facts/nanostream', clause: '1.6' },
    advice: 'Send JSON for every error, also for those that a gateway or a router makes.',
    mutants: [{ kind: 'fault', id: 'html-404' }],
  },
  async (context) => {
    const checks = new Checks()
    const id = randomUUID()
    for (const [method, path, body] of [
      ['GET', `/stream/${id}`],
      ['PUT', `/stream/${id}/tag`, { tags: [] }],
      ['PUT', `/stream/${id}/stop`],
      ['DELETE', `/stream/${id}`],
    ] as const) {
      const answer = await rawCall(context, method, path, body === undefined ? {} : { body })
      checkError(checks, `${method} ${path}`, answer, [404])
    }
    const answer = await rawCall(context, 'GET', '/stream/not-an-id')
    checkError(checks, 'GET /stream/not-an-id', answer, [400, 404])
    return checks.finding(
      '404 with {error:{message,code,userinfo}}',
      '404 in that shape, 5 of 5 calls',
    )
  },
)
