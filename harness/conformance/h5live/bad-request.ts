import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, ProbedRule } from '../rule.ts'
import { readRefusal, refusalBudget } from './refusal.ts'

interface BadRequest {
  readonly name: string
  /** 4400: the request itself is wrong; 2001: there is no such stream. */
  readonly code: 4400 | 2001
  change(query: URLSearchParams): void
}

const requests: readonly BadRequest[] = [
  { name: 'no stream parameter', code: 4400, change: (query) => query.delete('stream') },
  { name: 'empty stream name', code: 4400, change: (query) => query.set('stream', '') },
  {
    name: 'stream name of 400 characters',
    code: 4400,
    change: (query) => query.set('stream', 'A'.repeat(400)),
  },
  {
    name: 'stream name with a path',
    code: 4400,
    change: (query) => query.set('stream', '../../etc/passwd'),
  },
  {
    name: 'stream name with a NUL',
    code: 4400,
    change: (query) => query.set('stream', 'AAAAA-AAA\0A'),
  },
  {
    name: 'play address of another host',
    code: 4400,
    change: (query) => query.set('url', 'rtmp://192.0.2.1:1935/play'),
  },
  {
    name: 'play address that is no address',
    code: 4400,
    change: (query) => query.set('url', 'rtmp://['),
  },
  { name: 'unknown stream', code: 2001, change: (query) => query.set('stream', unknownName()) },
]

export const badRequest: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'h5live.bad-request',
  level: 'must',
  title:
    'Requests that are wrong, or for an unknown stream, get the documented answer and no open socket',
  source: { document: 'facts/nanostream', clause: '2.6' },
  advice: 'answer with the error code in a text message (or by HTTP), then close',
  mutants: [{ kind: 'fault', id: 'hangs' }],
  probe: async (context) => {
    const stream = await context.createStream()
    const answers = await Promise.all(
      requests.map(async ({ name, code, change }) => {
        const url = new URL(stream.playout.h5live)
        change(url.searchParams)
        const refusal = await readRefusal(context, url.href)
        // By HTTP, an unknown stream is a 404.
        const codes = code === 2001 ? [2001, 4404] : [4400]
        const wrong = refusal.fault ?? (codes.includes(refusal.code!) ? null : refusal.story)
        return { name, wrong }
      }),
    )
    const evidence: Evidence[] = answers.flatMap(({ name, wrong }) =>
      wrong === null ? [] : [{ note: `${name}: ${wrong}` }],
    )
    return {
      result: evidence.length === 0 ? 'holds' : 'broken',
      expected: `4400 for a wrong request, 2001 for an unknown stream, closed ≤ ${refusalBudget(context)} ms`,
      actual: `${answers.length - evidence.length} of ${answers.length} requests answered so`,
      evidence,
    }
  },
}

/** Well-formed, and taken by nobody but by a chance of one in 63^10. */
function unknownName(): string {
  const part = () =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(5)))
      .toString('hex')
      .slice(0, 5)
  return `${part()}-${part()}`
}
