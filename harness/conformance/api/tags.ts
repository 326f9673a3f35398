import { randomBytes } from 'node:crypto'
import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { idOf } from './own-streams.ts'
import { field, rawCall, shown } from './raw-call.ts'

export const tags = apiRule(
  {
    id: 'api.tags',
    title: 'PUT tag replaces all tags of a stream; tags are suggested from three characters on',
    source: { document: 'stream-overview; facts/nanostream', clause: '1.2' },
    mutants: [{ kind: 'fault', id: 'tags-append' }],
  },
  async (context, own) => {
    const checks = new Checks()
    const word = randomBytes(8).toString('hex')
    const stream = idOf(await own.create([own.tag, 'first']))
    for (const wanted of [[`${word}-a`, 'k:v'], [`${word}-b`], [], [`${word}-c`]]) {
      const put = await rawCall(context, 'PUT', `/stream/${stream}/tag`, { body: { tags: wanted } })
      const get = await rawCall(context, 'GET', `/stream/${stream}`)
      checks.that(put.status === 200, `PUT tag: status ${put.status} instead of 200`)
      for (const [what, answer] of [
        ['PUT', put],
        ['GET', get],
      ] as const) {
        const stored = field(answer.json, 'tags')
        checks.that(
          JSON.stringify(stored) === JSON.stringify(wanted),
          `after tags ${shown(wanted)} were set, ${what} shows ${shown(stored)}`,
        )
      }
    }
    // The path of suggestions is a guess, so only the reference is held to it.
    if (context.target.kind === 'reference') {
      for (const [length, expected] of [
        [2, []],
        [3, [`${word}-c`]],
        [word.length, [`${word}-c`]],
      ] as const) {
        const { json } = await rawCall(context, 'GET', `/tag?search=${word.slice(0, length)}`)
        const found = Array.isArray(json)
          ? json.filter((tag) => String(tag).startsWith(word))
          : json
        checks.that(
          JSON.stringify(found) === JSON.stringify(expected),
          `${length} characters suggest ${shown(found)} instead of ${shown(expected)}`,
        )
      }
    }
    return checks.finding(
      'the tags that were set last, alone; no suggestion below 3 characters',
      'replaced 4 times, each seen in PUT and GET',
    )
  },
)
