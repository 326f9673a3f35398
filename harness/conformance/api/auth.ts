import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { checkError } from './error-shape.ts'
import { idOf } from './own-streams.ts'
import { field, rawCall, shown } from './raw-call.ts'

const REFUSED = [401, 403]

export const auth = apiRule(
  {
    id: 'api.auth',
    title:
      'A missing or wrong key is answered with 401 or 403 and changes nothing; no answer repeats a key',
    source: { document: 'core-concepts; facts/nanostream', clause: '1.1' },
    mutants: [{ kind: 'fault', id: 'no-auth' }],
  },
  async (context, own) => {
    const checks = new Checks()
    const id = idOf(await own.create())
    const wrong = `wrong-${own.tag}`
    const operations = [
      ['POST', '/stream', {}],
      ['GET', '/stream', undefined],
      ['PUT', `/stream/${id}/tag`, { tags: ['stolen'] }],
      ['PUT', `/stream/${id}/push_url`, { url: 'rtmp://127.0.0.1/live/stolen' }],
      ['PUT', `/stream/${id}/stop`, undefined],
      ['DELETE', `/stream/${id}`, undefined],
      ['POST', '/stream/validate', { streamname: 'AAAAA-BBBBB' }],
      ['GET', '/organisation', undefined],
    ] as const
    for (const [method, path, body] of operations) {
      for (const [name, key] of [
        ['no key', null],
        ['a wrong key', wrong],
        ['a key that is nearly right', nearly(context.target.apiKey)],
      ] as const) {
        const call = { key, ...(body === undefined ? {} : { body }) }
        const answer = await rawCall(context, method, path, call)
        if (path === '/stream' && method === 'POST') own.remember(answer)
        checkError(checks, `${method} ${path} with ${name}`, answer, REFUSED)
        checks.that(
          ![context.target.apiKey, ...(key === null ? [] : [key])].some((k) =>
            answer.text.includes(k),
          ),
          `${method} ${path} with ${name}: the answer repeats a key`,
        )
      }
    }
    const { status, json } = await rawCall(context, 'GET', `/stream/${id}`)
    checks.that(status === 200, `the stream is gone after calls without a key: status ${status}`)
    const tags = field(json, 'tags')
    checks.that(
      JSON.stringify(tags) === JSON.stringify([own.tag]),
      `tags were changed without a key: ${shown(tags)}`,
    )
    return checks.finding(
      '401 or 403, nothing changed, no key repeated',
      `refused, in ${operations.length} operations with 3 sorts of wrong keys`,
    )
  },
)

/** Of the same length, so that a comparison that stops early shows. */
function nearly(key: string): string {
  return key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x')
}
