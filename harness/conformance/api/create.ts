import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { field, rawCall, shown } from './raw-call.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const STREAM_NAME = /^[A-Za-z0-9_]{5}-[A-Za-z0-9_]{5}$/

export const create = apiRule(
  {
    id: 'api.create',
    title:
      'POST /stream answers with an id (UUID), state created, ingest and playout addresses, a stream name XXXXX-YYYYY, and the tags',
    source: { document: 'core-concepts; facts/nanostream', clause: '1.2, 1.3' },
    advice: 'Answer 200 with the whole stream object, also while nobody publishes yet.',
    mutants: [{ kind: 'fault', id: 'no-playout' }],
  },
  async (context, own) => {
    const checks = new Checks()
    const tags = [own.tag, 'key:value']
    const { status, json } = await own.create(tags)
    checks.that(status === 200, `status ${status} instead of 200`)
    const expectField = (path: (string | number)[], right: (text: string) => boolean) => {
      const value = field(json, ...path)
      const ok = typeof value === 'string' && right(value)
      checks.that(ok, `${path.join('.')} is ${shown(value)}`)
    }
    expectField(['id'], (id) => UUID.test(id))
    expectField(['state'], (state) => state === 'created')
    expectField(['created_at'], (time) => !Number.isNaN(Date.parse(time)) && time.endsWith('Z'))
    expectField(['ingest', 'rtmp', 'streamname'], (name) => STREAM_NAME.test(name))
    expectField(['ingest', 'rtmp', 'url'], (url) => hasScheme(url, 'rtmp:', 'rtmps:'))
    const h5live = ['playout', 'h5live', 0]
    const name = field(json, 'ingest', 'rtmp', 'streamname')
    expectField([...h5live, 'rtmp', 'streamname'], (played) => played === name)
    expectField([...h5live, 'rtmp', 'url'], (url) => hasScheme(url, 'rtmp:', 'rtmps:'))
    expectField([...h5live, 'server', 'websocket'], (url) => hasScheme(url, 'ws:', 'wss:'))
    expectField([...h5live, 'server', 'progressive'], (url) => hasScheme(url, 'http:', 'https:'))
    const stored = field(json, 'tags')
    checks.that(JSON.stringify(stored) === JSON.stringify(tags), `tags are ${shown(stored)}`)

    const empty = await rawCall(context, 'POST', '/stream')
    own.remember(empty)
    checks.that(empty.status === 200, `an empty body: status ${empty.status} instead of 200`)
    return checks.finding(
      'a complete stream in state created, from a body with tags and from an empty one',
      `stream ${String(field(json, 'id'))}, name ${String(name)}, complete`,
    )
  },
)

function hasScheme(url: string, ...schemes: string[]): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && schemes.includes(parsed.protocol) && parsed.hostname !== ''
}
