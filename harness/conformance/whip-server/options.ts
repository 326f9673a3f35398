import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { whipRule } from './whip-rule.ts'

export const options = whipRule(
  {
    id: 'whip.server.options',
    level: 'should',
    title: 'Browsers of any origin may publish: OPTIONS, Accept-Post and CORS',
    source: { document: 'RFC 9725', clause: '§4.2' },
    advice: 'answer OPTIONS with Accept-Post: application/sdp and the CORS headers',
    mutants: [{ kind: 'fault', id: 'no-cors' }],
    expected: '2xx with Accept-Post: application/sdp; CORS for POST with Authorization',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const preflight = await stage.call(place.url, 'OPTIONS', {
      headers: {
        Origin: 'https://webcaster.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    })
    const { status, headers } = preflight
    const allowed = (headers.get('access-control-allow-headers') ?? '').toLowerCase()
    const { sdp } = await stage.offer()
    const posted = await stage.post(place, sdp)
    const exposed = (posted.headers.get('access-control-expose-headers') ?? '').toLowerCase()
    const origin = (from: Headers) => from.get('access-control-allow-origin') ?? 'none'
    const cases: Case[] = [
      { name: 'status', ok: status >= 200 && status < 300, seen: String(status) },
      {
        name: 'Accept-Post',
        ok: /application\/sdp/i.test(headers.get('accept-post') ?? ''),
        seen: headers.get('accept-post') ?? 'none',
      },
      { name: 'allowed origin', ok: isOpen(origin(headers)), seen: origin(headers) },
      {
        name: 'allowed headers',
        ok: allowed.includes('authorization') && allowed.includes('content-type'),
        seen: allowed || 'none',
      },
      {
        name: 'allowed origin of the answer',
        ok: isOpen(origin(posted.headers)),
        seen: origin(posted.headers),
      },
      { name: 'Location is exposed', ok: exposed.includes('location'), seen: exposed || 'none' },
    ]
    return findingOf(expected, cases)
  },
)

function isOpen(origin: string): boolean {
  return origin === '*' || origin === 'https://webcaster.example'
}
