import { describe, expect, it } from 'vitest'
import type { IngestRecord } from '../conformance/ingest-record.ts'
import { madeSession } from '../conformance/testing/ingest-session.ts'
import { reactionsTo } from './reactions.ts'

const at = (openedAt: number, record: Partial<IngestRecord> = {}): IngestRecord => ({
  ...madeSession({ seconds: 2, events: [] }),
  openedAt,
  ...record,
})
const nothing = { track: [], dts: [], cts: [], key: [], idr: [], size: [], at: [] }
const reactions = (sessions: IngestRecord[], until = 40_000) =>
  reactionsTo({ sessions, until }, [{ what: 'drop', at: 10_000 }]).map(({ reaction }) => reaction)

describe('What an encoder does after a cut', () => {
  it('is to publish again, at once or after refusals', () => {
    expect(reactions([at(0), at(12_500)])).toEqual(['published again after 2.50 s'])
    expect(reactions([at(0), at(12_000, { frames: nothing }), at(15_000)])).toEqual([
      '1 refused first, published again after 5.00 s',
    ])
  })

  it('is to give up, or to do nothing', () => {
    expect(reactions([at(0), at(12_000, { frames: nothing })])).toEqual(['tried once, and gave up'])
    expect(reactions([at(0)])).toEqual(['did not come back within 30.00 s'])
  })
})

it('What ingest asks of every encoder is told, too, in order of time', () => {
  const events = [
    { at: 900, type: 'srt-nak-probe', sequence: 5, answeredMs: 4.2 },
    { at: 300, type: 'pli', reason: 'start', answeredMs: 3 },
    { at: 800, type: 'pli', reason: 'probe', answeredMs: null },
  ]
  const seen = reactionsTo({ sessions: [at(5_000, { events })] }, [])
  expect(seen.map(({ what, at: when, reaction }) => [what, when, reaction])).toEqual([
    ['pli', 5_800, 'not answered'],
    ['nak', 5_900, 'answered after 4 ms'],
  ])
})
