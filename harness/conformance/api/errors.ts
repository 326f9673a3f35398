import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { checkError } from './error-shape.ts'
import { idOf } from './own-streams.ts'
import { field, rawCall, shown } from './raw-call.ts'

const OVERSIZED = 2 * 1024 * 1024

export const errors = apiRule(
  {
    id: 'api.errors',
    title:
      'Errors are {error:{message,code,userinfo}} with the documented codes; invalid JSON, wrong types and oversized bodies are answered with 400 or 413',
    source: { document: 'facts/nanostream', clause: '1.6' },
    advice:
      'Answer what is wrong with the request, and never show where in the code it was noticed.',
    mutants: [{ kind: 'fault', id: 'stack-trace' }],
  },
  async (context, own) => {
    const checks = new Checks()
    const id = idOf(await own.create())
    const tag = `/stream/${id}/tag`
    const long = JSON.stringify({ tags: ['x'.repeat(OVERSIZED)] })
    const cases = [
      ['invalid JSON', 'POST', '/stream', '{"tags":[', [400], undefined],
      ['a body that is text', 'POST', '/stream', '"text"', [400], undefined],
      ['tags that are text', 'POST', '/stream', { tags: 'text' }, [400], 1004],
      ['a tag that is a number', 'PUT', tag, { tags: [7] }, [400], 1004],
      ['no tags', 'PUT', tag, {}, [400], 1002],
      ['a type that is not there', 'POST', '/stream', { type: 'no-such-type' }, [400], 3002],
      ['a push URL that is none', 'PUT', `/stream/${id}/push_url`, { url: 'x' }, [400], undefined],
      ['a quantity that is no number', 'GET', '/stream?quantity=many', undefined, [400], undefined],
      ['an oversized body', 'POST', '/stream', long, [400, 413], undefined],
    ] as const
    for (const [what, method, path, body, statuses, code] of cases) {
      const answer = await rawCall(context, method, path, body === undefined ? {} : { body })
      own.remember(answer)
      checkError(checks, what, answer, statuses, code)
    }
    const missing = await rawCall(context, 'PUT', tag, { body: {} })
    const named = field(missing.json, 'error', 'userinfo', 'required_parameter')
    checks.that(
      named === 'tags',
      `userinfo.required_parameter is ${shown(named)} instead of "tags"`,
    )
    const well = await rawCall(context, 'POST', '/stream', { body: { 'no-such-parameter': 1 } })
    own.remember(well)
    checks.that(well.status === 200, `an unknown parameter: status ${well.status} instead of 200`)
    return checks.finding(
      'the documented status and code in the shape of errors, nothing of the code',
      `as documented in ${cases.length} calls`,
    )
  },
)
