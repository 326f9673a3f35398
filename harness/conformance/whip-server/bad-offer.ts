import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { whipRule } from './whip-rule.ts'

const MAX_SDP = 300_000

export const badOffer = whipRule(
  {
    id: 'whip.server.bad-offer',
    level: 'must',
    title:
      'A description that cannot be used is refused with a reason, and leaves no session behind',
    source: { document: 'RFC 9725', clause: '§4.2' },
    advice: 'answer 4xx with a body that says what is wrong, before anything is allocated',
    mutants: [{ kind: 'fault', id: '500-on-bad-sdp' }],
    expected: '4xx with a reason for each; then an offer in order is taken',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const { sdp } = await stage.offer()
    const cases: Case[] = []
    for (const [name, body] of Object.entries(badOffers(sdp))) {
      const { status, body: reason } = await stage.post(place, body)
      const refused = status >= 400 && status < 500
      cases.push({ name, ok: refused, seen: `answered ${status}` })
      if (refused)
        cases.push({ name: `${name}: reason`, ok: reason.length > 0, seen: 'an empty body' })
    }
    // A session that was left behind would be in the way now.
    const right = await stage.post(place, sdp)
    cases.push({
      name: 'an offer in order, afterwards',
      ok: right.status === 201,
      seen: `answered ${right.status}`,
    })
    return findingOf(expected, cases)
  },
)

function badOffers(sdp: string): Record<string, string> {
  return {
    'an empty body': '',
    'no description at all': 'hello',
    JSON: JSON.stringify({ type: 'offer', sdp }),
    'no media section': sdp.split(/^m=/m)[0] ?? '',
    'a line that is none': sdp.replace(/^t=/m, '=t'),
    'no ICE credentials': sdp.replace(/^a=ice-(ufrag|pwd):.*\r?\n/gm, ''),
    'a password that is too short': sdp.replace(/^a=ice-pwd:.*$/gm, 'a=ice-pwd:short'),
    'no fingerprint': sdp.replace(/^a=fingerprint:.*\r?\n/gm, ''),
    'only recvonly tracks': sdp.replaceAll('a=sendonly', 'a=recvonly'),
    'no codec that is served': sdp
      .replace(/H264\/90000/gi, 'VP8/90000')
      .replace(/opus\//gi, 'L16/'),
    'a media line with port 99999999': sdp.replace(/^m=video \d+/m, 'm=video 99999999'),
    'too long': sdp + `a=x-${'y'.repeat(1_000)}\r\n`.repeat(MAX_SDP / 1_000),
  }
}
