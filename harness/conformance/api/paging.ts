import type { ProbeContext } from '../probe-context.ts'
import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { idOf, type OwnStreams } from './own-streams.ts'
import { field, rawCall } from './raw-call.ts'

const PAGE_SIZES = [25, 50, 100, 150]
const STREAMS = 160
/** Created after each page. */
const CREATED_MEANWHILE = 7

const EXPECTED = `pages of ${PAGE_SIZES.join(', ')} show every stream once while others are created`

export const paging = apiRule(
  {
    id: 'api.paging',
    title: 'Pages of 25, 50, 100 and 150 walk every stream once while others are created',
    source: { document: 'stream-overview', clause: 'paging' },
    advice: 'Continue behind the last stream of a page, do not count from the newest.',
    mutants: [{ kind: 'fault', id: 'skips-on-insert' }],
  },
  async (context, own) => {
    const checks = new Checks()
    await own.createMany(STREAMS)
    const known = await idsOf(context, `/stream?quantity=${STREAMS}&tags[]=${own.tag}`)
    if (context.target.kind === 'remote') {
      const { next } = await rawCall(context, 'GET', firstPage(own, 25))
      // Paging is not documented: what is not offered cannot be judged.
      if (next === null) {
        return { result: 'skipped', expected: EXPECTED, actual: 'the target offers no next page' }
      }
    }
    for (const size of PAGE_SIZES) {
      const seen = await walk(context, own, size, checks)
      const missing = known.filter((id) => !seen.includes(id))
      checks.that(missing.length === 0, () => {
        return `pages of ${size}: ${missing.length} of ${known.length} streams never shown, such as ${missing[0]}`
      })
      const doubles = seen.length - new Set(seen).size
      checks.that(doubles === 0, `pages of ${size}: ${doubles} streams shown twice`)
    }
    return checks.finding(
      EXPECTED,
      `all ${STREAMS} streams once, in each of ${PAGE_SIZES.length} walks`,
    )
  },
)

function firstPage(own: OwnStreams, size: number): string {
  return `/stream?quantity=${size}&tags[]=${own.tag}`
}

async function walk(
  context: ProbeContext,
  own: OwnStreams,
  size: number,
  checks: Checks,
): Promise<string[]> {
  const seen: string[] = []
  const mostPages = 2 + 4 * Math.ceil(STREAMS / size)
  let path: string | null = firstPage(own, size)
  for (let page = 0; path !== null && page < mostPages; page++) {
    const answer = await rawCall(context, 'GET', path)
    const streams = Array.isArray(answer.json) ? answer.json : []
    checks.that(streams.length <= size, `a page of ${size} holds ${streams.length} streams`)
    seen.push(...streams.map((stream) => String(field(stream, 'id'))))
    for (const created of await own.createMany(CREATED_MEANWHILE)) idOf(created)
    path = answer.next === null ? null : pathOf(context, answer.next)
  }
  checks.that(path === null, `pages of ${size}: no end after ${mostPages} pages`)
  return seen
}

async function idsOf(context: ProbeContext, path: string): Promise<string[]> {
  const { json } = await rawCall(context, 'GET', path)
  return Array.isArray(json) ? json.map((stream) => String(field(stream, 'id'))) : []
}

/** Path and query below the API's base, wherever the link says that it leads. */
function pathOf({ target }: ProbeContext, link: string): string {
  const { pathname, search } = new URL(link, target.api)
  const base = new URL(target.api).pathname.replace(/\/$/, '')
  return (pathname.startsWith(base) ? pathname.slice(base.length) : pathname) + search
}
