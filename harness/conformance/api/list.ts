import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { idOf } from './own-streams.ts'
import { field, rawCall, shown } from './raw-call.ts'

const DEFAULT_QUANTITY = 50

export const list = apiRule(
  {
    id: 'api.list',
    title:
      'GET /stream lists newest first, 50 unless quantity says otherwise; state and tag filters combine; deleted streams only when asked for',
    source: { document: 'stream-overview; facts/nanostream', clause: '1.2' },
    mutants: [{ kind: 'fault', id: 'list-deleted' }],
  },
  async (context, own) => {
    const checks = new Checks()
    const newest: string[] = []
    const second = `${own.tag}-b`
    for (let i = 0; i <= DEFAULT_QUANTITY; i++) {
      newest.unshift(idOf(await own.create(i < 3 ? [own.tag, second] : [own.tag])))
    }
    const oldest = newest.slice(-3)
    const expectList = async (what: string, query: string, expected: readonly string[]) => {
      const { status, json } = await rawCall(context, 'GET', `/stream?tags[]=${own.tag}${query}`)
      const ids = Array.isArray(json) ? json.map((stream) => String(field(stream, 'id'))) : []
      checks.that(
        status === 200 && Array.isArray(json),
        `${what}: status ${status}, ${shown(json)}`,
      )
      checks.that(ids.length === expected.length, () => {
        return `${what}: ${ids.length} streams instead of ${expected.length}`
      })
      const strange = ids.findIndex((id, index) => id !== expected[index])
      checks.that(strange === -1, () => {
        return `${what}: ${ids[strange]} at place ${strange + 1} instead of ${expected[strange] ?? 'none'}`
      })
    }
    await expectList('without quantity', '', newest.slice(0, DEFAULT_QUANTITY))
    await expectList('quantity=3', '&quantity=3', newest.slice(0, 3))
    await expectList('two tags', `&tags[]=${second}`, oldest)
    await expectList('two tags and state=created', `&tags[]=${second}&state=created`, oldest)
    await expectList('two tags and state=live', `&tags[]=${second}&state=live`, [])

    const [gone, ...kept] = oldest as [string, ...string[]]
    await rawCall(context, 'DELETE', `/stream/${gone}`)
    await expectList('after a deletion', `&tags[]=${second}`, kept)
    await expectList('state=deleted', `&tags[]=${second}&state=deleted`, [gone])
    return checks.finding(
      'newest first, 50 by default, filters combined, deleted only when asked for',
      `as expected in 7 lists of ${newest.length} streams`,
    )
  },
)
