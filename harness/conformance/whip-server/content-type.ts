import { findingOf } from '../rtmp-server/cases.ts'
import { whipRule } from './whip-rule.ts'

const OTHERS = ['text/plain', 'application/json', 'application/sdp-not', '']

export const contentType = whipRule(
  {
    id: 'whip.server.content-type',
    level: 'must',
    title: 'Only application/sdp is taken for an offer',
    source: { document: 'RFC 9725', clause: '§4.2' },
    advice: 'answer 415 Unsupported Media Type to every other Content-Type',
    mutants: [{ kind: 'fault', id: 'any-type' }],
    expected: '415 for anything but application/sdp',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const { sdp } = await stage.offer()
    const cases = []
    for (const type of OTHERS) {
      const { status } = await stage.post(place, sdp, { type })
      cases.push({ name: type || 'no type', ok: status === 415, seen: `answered ${status}` })
    }
    const right = await stage.post(place, sdp)
    cases.push({
      name: 'application/sdp',
      ok: right.status === 201,
      seen: `answered ${right.status}`,
    })
    return findingOf(expected, cases)
  },
)
