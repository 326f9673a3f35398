import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { unknownName } from '../rtmp-server/unknown-name.ts'
import { whipRule } from './whip-rule.ts'

const REFUSALS = [401, 403, 404]

export const auth = whipRule(
  {
    id: 'whip.server.auth',
    level: 'must',
    title: 'Unknown keys and tokens are refused, for sessions too',
    source: { document: 'RFC 9725', clause: '§4.7' },
    advice: 'demand the token that made the session for each DELETE and PATCH on it',
    mutants: [{ kind: 'fault', id: 'delete-without-auth' }],
    expected: '401, 403 or 404 without the right token; the session goes on',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const { sdp } = await stage.offer()
    const cases: Case[] = []
    const add = (name: string, status: number) =>
      cases.push({ name, ok: REFUSALS.includes(status), seen: `answered ${status}` })
    add('no token', (await stage.post(place, sdp, { token: null })).status)
    add('a wrong token', (await stage.post(place, sdp, { token: 'wrong' })).status)
    const unknown = unknownName(place.stream.name)
    const url = place.url.replace(place.stream.name, unknown)
    add('an unknown stream', (await stage.post({ url, token: unknown }, sdp)).status)
    const { session } = await stage.publish(place)
    for (const method of ['DELETE', 'PATCH']) {
      const headers: Record<string, string> =
        method === 'PATCH'
          ? { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' }
          : {}
      const rest = method === 'PATCH' ? { headers, body: 'a=end-of-candidates\r\n' } : {}
      add(`${method} without a token`, (await stage.call(session, method, rest)).status)
      const wrong = await stage.call(session, method, { ...rest, token: 'wrong' })
      add(`${method} with a wrong token`, wrong.status)
    }
    const { status } = await stage.call(session, 'DELETE', { token: place.token })
    cases.push({ name: 'DELETE with its token', ok: status === 200, seen: `answered ${status}` })
    return findingOf(expected, cases)
  },
)
