import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { whipRule } from './whip-rule.ts'

export const created = whipRule(
  {
    id: 'whip.server.created',
    level: 'must',
    title: 'An offer is answered with 201, application/sdp and the address of the session',
    source: { document: 'RFC 9725', clause: '§4.2' },
    advice: 'answer 201 Created with Location and Content-Type: application/sdp',
    mutants: [{ kind: 'fault', id: 'no-location' }],
    expected: '201, Content-Type application/sdp, a Location, an SDP body',
  },
  async (stage, expected) => {
    const { reply } = await stage.attempt(await stage.place())
    const { status, headers, body } = reply
    const type = headers.get('content-type') ?? 'none'
    const cases: Case[] = [
      { name: 'status', ok: status === 201, seen: String(status) },
      { name: 'content type', ok: /^application\/sdp\b/i.test(type), seen: type },
      { name: 'Location', ok: (headers.get('location') ?? '') !== '', seen: 'none' },
      { name: 'body', ok: body.startsWith('v=0'), seen: 'no description' },
    ]
    return findingOf(expected, cases)
  },
)
