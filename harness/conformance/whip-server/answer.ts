import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { sectionsOf } from './read-sdp.ts'
import { whipRule } from './whip-rule.ts'

export const answer = whipRule(
  {
    id: 'whip.server.answer',
    level: 'must',
    title:
      'The answer takes each track, with H.264 in packetization mode 1, Opus, and one transport',
    source: { document: 'RFC 9725', clause: '§4.2, 4.4' },
    advice:
      'answer each m-line recvonly, bundled, with rtcp-mux, and only with codecs that were offered',
    mutants: [{ kind: 'fault', id: 'answers-vp8' }],
    expected: 'recvonly H.264 (packetization-mode 1) and Opus, in one BUNDLE, with rtcp-mux',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const { sdp } = await stage.offer()
    const reply = await stage.post(place, sdp)
    const offered = sectionsOf(sdp)
    const answered = sectionsOf(reply.body)
    const bundle = /^a=group:BUNDLE ([^\r\n]*)/m.exec(reply.body)?.[1]?.split(' ') ?? []
    const cases: Case[] = [
      {
        name: 'm-lines',
        ok: answered.length === offered.length,
        seen: `${answered.length} for ${offered.length}`,
      },
    ]
    for (const [i, { kind, mid }] of offered.entries()) {
      const section = answered[i]
      const add = (name: string, ok: boolean, seen: string) =>
        cases.push({ name: `${kind}: ${name}`, ok, seen })
      const lines = section?.lines ?? []
      add('kind', section?.kind === kind, section?.kind ?? 'none')
      add('mid', section?.mid === mid, section?.mid ?? 'none')
      add('direction', lines.includes('a=recvonly'), 'not recvonly')
      add('rtcp-mux', lines.includes('a=rtcp-mux'), 'none')
      add('BUNDLE', bundle.includes(mid), `the group is ${bundle.join(' ') || 'empty'}`)
      const codec =
        kind === 'video' ? /^a=rtpmap:\d+ H264\/90000/i : /^a=rtpmap:\d+ opus\/48000\/2/i
      const maps = lines.filter((line) => line.startsWith('a=rtpmap:'))
      add('codec', maps.length > 0 && maps.every((map) => codec.test(map)), maps.join(', '))
      if (kind === 'video') {
        const mode1 = lines.some((line) => /^a=fmtp:.*packetization-mode=1/.test(line))
        add('packetization mode', mode1, 'not 1')
      }
    }
    return findingOf(expected, cases)
  },
)
