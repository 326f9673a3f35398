import type { Evidence, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence } from './evidence.ts'

const EXPECTED = 'first binary message is ftyp + moov, and mp4box and mediabunny read it alike'

export const initFirst: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.init-first',
  level: 'must',
  title: 'The media begin with an initialisation segment that independent parsers can read',
  source: { document: 'ISO/IEC 14496-12', clause: '4.3, 8.2' },
  advice: 'send ftyp and moov before the first moof, to every viewer',
  mutants: [{ kind: 'fault', id: 'media-first' }],
  check: ({ viewer, oracles }) => {
    const expected = EXPECTED
    const first = viewer.events.find((event) => event.type !== 'text')
    if (!first) return { result: 'skipped', expected, actual: 'no media arrived' }
    if (first.type !== 'init') {
      const actual = first.type === 'malformed' ? first.message : 'a fragment came first'
      const bytes = first.type === 'malformed' ? { bytes: hex(first.bytes) } : {}
      const evidence = [{ note: 'first binary message', at: first.at, ...bytes }]
      return { result: 'broken', expected, actual, evidence }
    }
    if (oracles.length === 0) {
      return { result: 'skipped', expected, actual: 'the record was not given to the parsers' }
    }
    const ours = first.init.tracks.map((track) => track.id).toSorted((a, b) => a - b)
    const evidence: Evidence[] = oracles.map(({ parser, error, tracks }) => ({
      note: `${parser}: ${error ?? tracks.map(({ id, codec }) => `${id} ${codec}`).join(', ')}`,
      at: first.at,
    }))
    const wrong = oracles.filter(
      ({ error, tracks }) => error !== null || tracks.map(({ id }) => id).join() !== ours.join(),
    )
    const actual =
      wrong.length === 0
        ? `${first.bytes.length} bytes, tracks ${ours.join(', ')}, read alike by ${oracles.length} parsers`
        : `not read alike by ${wrong.map(({ parser }) => parser).join(' and ')}`
    return { result: wrong.length === 0 ? 'holds' : 'broken', expected, actual, evidence }
  },
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 64)).toString('hex')
}
