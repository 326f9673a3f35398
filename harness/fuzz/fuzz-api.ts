import type { FuzzInput, FuzzPlace } from './fuzz-input.ts'
import { judgeHttp } from './http-answer.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

const BODIES = [
  '{"type":"low-latency","tags":["a","b:c"]}',
  '{"type":"low-latency","tags":[],"processing":[[{"id":"thumbs","interval":10}]]}',
  '{"tags":["x","y"],"transcodes":[{"profile":"vtrans2-852x480x800x25","tags":["t"]}]}',
  '{"streamname":"ABCDE-12345"}',
  '{"url":"rtmp://127.0.0.1/live/x"}',
  '{"email":"a@b.example","password":"secret"}',
] as const
/** In place of a JSON value. */
const VALUES = [
  'null',
  '{}',
  '[]',
  '-1',
  '1e309',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '{"__proto__":{"x":1}}',
  `"${'x'.repeat(5_000)}"`,
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  `[${'1,'.repeat(3_000)}1]`,
] as const
const QUERIES = [
  '',
  '?quantity=25',
  '?quantity=-1',
  '?quantity=99999999999999999999',
  '?state=live&tags[]=a&tags[]=b',
  '?tags[]=&tags[]=&tags=x',
  '?state=nowhere',
  '?asset_limit=10',
  '?before=1dec3bbc-758b-4879-a202-7ae877d511ba',
  '?%zz=%&=',
] as const
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const

/** Requests of the bintu API with broken bodies, queries, paths, headers and bytes. */
export const apiInput: FuzzInput = {
  build(seed, index, place) {
    const random = new Random(seed, index)
    const { method, path } = target(random, place)
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const body = hasBody ? bodyOf(random) : ''
    const key = random.chance(90) ? place.apiKey : 'x'.repeat(random.int(5_000))
    const length = random.chance(95) ? Buffer.byteLength(body) : random.next()
    const type = random.chance(90) ? 'application/json' : 'text/html'
    const request = Buffer.from(
      `${method} ${path} HTTP/1.1\r\nHost: ${place.host}\r\nX-BINTU-APIKEY: ${key}\r\n` +
        `Connection: close\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`,
    )
    return {
      bytes: random.chance(30) ? mutate(random, request, { count: 1 + random.int(3) }) : request,
    }
  },
  judge: judgeHttp,
  letIn: (answer) => answer.toString('latin1', 0, 12) === 'HTTP/1.1 200',
}

function target(random: Random, place: FuzzPlace): { method: string; path: string } {
  const id = random.chance(70) ? random.pick(place.ids) : '../../etc/passwd%00'
  const query = random.pick(QUERIES)
  const [method, path] = random.pick([
    ['GET', `/stream${query}`],
    ['GET', `/stream/${id}${query}`],
    ['GET', `/stream/${id}/group`],
    ['PUT', `/stream/${id}/tag`],
    ['PUT', `/stream/${id}/push_url`],
    ['PUT', `/stream/${id}/${random.pick(['stop', 'unlock', 'nothing'])}`],
    ['POST', '/stream/validate'],
    ['POST', `/stream${random.chance(10) ? '' : '/validate'}`],
    ['GET', '/organisation'],
    ['GET', '/openapi.json'],
    ['GET', `/observe/ingest${query}`],
    ['DELETE', '/stream/1dec3bbc-758b-4879-a202-7ae877d511ba'],
  ] as const)
  return { method: random.chance(95) ? method : random.pick(METHODS), path }
}

function bodyOf(random: Random): string {
  const body = random.pick(BODIES)
  const what = random.int(4)
  if (what === 0) return body
  if (what === 1) return body.replace(/("[^"]*"|\[[^\]]*\])(?=[,}])/, () => random.pick(VALUES))
  if (what === 2) return random.pick(VALUES)
  return mutate(random, Buffer.from(body), { count: 2 }).toString('latin1')
}
