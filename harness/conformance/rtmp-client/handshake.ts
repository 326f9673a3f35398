import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'

const PACKET_BYTES = 1536

export const handshake = sessionRule(
  {
    id: 'rtmp.client.handshake',
    level: 'must',
    title: 'C0 has version 3, and C2 answers S1',
    source: { document: 'RTMP 1.0', clause: '§5.2' },
    advice: 'Send S1 back as C2, byte for byte (or its digest after a signed handshake).',
    mutants: ['c2-garbage'],
  },
  ({ events }) => {
    const expected = 'version 3, C1 and C2 of 1536 bytes, C2 echoes S1 or answers its digest'
    const seen = events.find(({ type }) => type === 'handshake')
    if (!seen) return skipped(expected, 'the handshake was not finished')
    const wrong: string[] = []
    if (seen['version'] !== 3) wrong.push(`version ${String(seen['version'])}`)
    for (const part of ['c1Size', 'c2Size']) {
      const size = seen[part]
      if (typeof size === 'number' && size !== PACKET_BYTES) wrong.push(`${part} ${size}`)
    }
    const signed =
      seen['digest'] !== null && seen['digest'] !== false && seen['digest'] !== undefined
    const answers = seen['c2EchoesS1'] === true || seen['c2AnswersDigest'] === true
    // A peer that signed its C1 may answer a digest that the ingest did not check.
    const excused = signed && seen['c2AnswersDigest'] === undefined
    if (!answers && !excused) wrong.push('C2 is neither an echo of S1 nor an answer to its digest')
    if (wrong.length > 0)
      return broken(expected, wrong.join(', '), [{ note: wrong[0] ?? '', at: seen.at }])
    return holds(expected, signed ? 'digest handshake' : 'simple handshake')
  },
)
