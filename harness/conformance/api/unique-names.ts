import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { field } from './raw-call.ts'

const STREAMS = 1_000

export const uniqueNames = apiRule(
  {
    id: 'api.unique-names',
    title: '1,000 streams created in parallel all have ids and stream names of their own',
    source: { document: 'core-concepts', clause: 'stream name and id' },
    advice: 'Let a unique index of the store decide, not a look-up before the write.',
    mutants: [{ kind: 'fault', id: 'reused-name' }],
  },
  async (_context, own) => {
    const checks = new Checks()
    const answers = await own.createMany(STREAMS)
    const refused = answers.filter(({ status }) => status !== 200)
    checks.that(refused.length === 0, () => {
      return `${refused.length} of ${STREAMS} refused, the first with status ${refused[0]?.status}`
    })
    for (const [what, path] of [
      ['id', ['id']],
      ['stream name', ['ingest', 'rtmp', 'streamname']],
    ] as const) {
      const values = answers.map(({ json }) => field(json, ...path))
      const doubles = values.filter((value, index) => values.indexOf(value) !== index)
      checks.that(doubles.length === 0, () => {
        return `${doubles.length} of ${STREAMS} streams share a ${what}, such as ${String(doubles[0])}`
      })
    }
    return checks.finding(
      `${STREAMS} distinct ids and ${STREAMS} distinct stream names`,
      `${STREAMS} distinct ids and names`,
    )
  },
)
