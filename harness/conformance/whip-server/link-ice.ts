import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { whipRule } from './whip-rule.ts'

export const linkIce = whipRule(
  {
    id: 'whip.server.link-ice',
    level: 'should',
    title: 'The answer names STUN and TURN servers',
    source: { document: 'RFC 9725; Livepeer, in-browser broadcast', clause: '§4.6' },
    advice: 'add Link headers with rel="ice-server", and credentials for TURN',
    mutants: [{ kind: 'fault', id: 'no-link' }],
    expected: 'Link headers with rel="ice-server" for a STUN and a TURN server',
  },
  async (stage, expected) => {
    const { reply } = await stage.attempt(await stage.place())
    const links = (reply.headers.get('link') ?? '').split(/,\s*(?=<)/)
    const servers = links.filter((link) => /;\s*rel="?ice-server"?/.test(link))
    const turn = servers.find((link) => /^<turns?:/.test(link))
    const cases: Case[] = [
      { name: 'STUN', ok: servers.some((link) => /^<stuns?:/.test(link)), seen: 'none' },
      { name: 'TURN', ok: turn !== undefined, seen: 'none' },
    ]
    if (turn !== undefined) {
      const named = /username="[^"]+"/.test(turn) && /credential="[^"]+"/.test(turn)
      cases.push({ name: 'TURN credentials', ok: named, seen: 'none' })
    }
    return findingOf(expected, cases)
  },
)
