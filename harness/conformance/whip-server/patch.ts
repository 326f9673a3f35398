import { info } from '../findings.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { sectionsOf } from './read-sdp.ts'
import { whipRule } from './whip-rule.ts'

const TYPE = 'application/trickle-ice-sdpfrag'

export const patch = whipRule(
  {
    id: 'whip.server.patch',
    level: 'must',
    title: 'PATCH takes candidates and ICE restarts, guarded by ETag; or it is refused with 405',
    source: { document: 'RFC 9725', clause: '§4.3' },
    advice: 'answer 204 to candidates, 200 with a new ETag to a restart, 412 and 428 otherwise',
    mutants: [{ kind: 'fault', id: 'patch-500' }],
    expected:
      'trickle 204, ICE restart 200 with a new ETag, stale If-Match 412, missing 428; or 405',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const { sdp } = await stage.offer()
    const reply = await stage.post(place, sdp)
    const session = new URL(reply.headers.get('location') ?? '', reply.url).href
    const etag = reply.headers.get('etag') ?? ''
    const send = (body: string, match: string | null, type = TYPE) =>
      stage.call(session, 'PATCH', {
        token: place.token,
        headers: { 'Content-Type': type, ...(match === null ? {} : { 'If-Match': match }) },
        body,
      })
    const trickle = await send(fragment(sdp, candidatesOf(sdp)), etag)
    if (trickle.status === 405) return info(expected, 'PATCH is refused with 405')
    const cases: Case[] = []
    const add = (name: string, ok: boolean, seen: string) => cases.push({ name, ok, seen })
    const status = (name: string, seen: { status: number }, wanted: number) =>
      add(name, seen.status === wanted, `answered ${seen.status} instead of ${wanted}`)
    add('ETag of the session', etag !== '', 'none')
    status('candidates', trickle, 204)
    status('no If-Match', await send(fragment(sdp, candidatesOf(sdp)), null), 428)
    status('a stale If-Match', await send(fragment(sdp, candidatesOf(sdp)), '"stale"'), 412)
    status('another type', await send(fragment(sdp, []), etag, 'text/plain'), 415)
    const broken = await send('this is no fragment', etag)
    add(
      'a broken fragment',
      broken.status >= 400 && broken.status < 500,
      `answered ${broken.status}`,
    )
    const restart = await send(restartOf(sdp), '*')
    status('an ICE restart', restart, 200)
    const next = restart.headers.get('etag') ?? ''
    add('ETag after it', next !== '' && next !== etag, next || 'none')
    add('credentials after it', /^a=ice-ufrag:/m.test(restart.body), 'none')
    status('the old ETag after it', await send(fragment(sdp, candidatesOf(sdp)), etag), 412)
    return findingOf(expected, cases)
  },
)

function candidatesOf(sdp: string): string[] {
  const [, port = '9'] = /^a=candidate:\S+ 1 UDP \d+ \S+ (\d+)/im.exec(sdp) ?? []
  return [`a=candidate:1 1 UDP 2122317823 127.0.0.1 ${port} typ host`]
}

function fragment(sdp: string, candidates: readonly string[]): string {
  const [first] = sectionsOf(sdp)
  const credentials = sdp.match(/^a=ice-(ufrag|pwd):.*$/gm)?.slice(0, 2) ?? []
  const media = [first?.lines[0] ?? '', `a=mid:${first?.mid ?? ''}`]
  return [
    ...credentials.map((line) => line.trim()),
    ...media,
    ...candidates,
    'a=end-of-candidates',
    '',
  ].join('\r\n')
}

function restartOf(sdp: string): string {
  return fragment(sdp, candidatesOf(sdp))
    .replace(/a=ice-ufrag:.*/, 'a=ice-ufrag:abcdefgh')
    .replace(/a=ice-pwd:.*/, 'a=ice-pwd:abcdefghijklmnopqrstuvwxyz')
}
