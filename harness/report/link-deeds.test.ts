import { expect, test } from 'vitest'
import { deedsOf, troubleOf } from './link-deeds.ts'
import type { BandRecord, MarkRecord } from './run-record.ts'

const END = 20_000

function band(part: Partial<BandRecord>): BandRecord {
  return {
    ...{ from: 1_000, to: 3_000, way: 'both', kind: 'blackout', label: 'blackout' },
    ...{ origin: 'scenario', ...part },
  } as BandRecord
}

function mark(kind: MarkRecord['kind'], at: number, of = 'lte udp'): MarkRecord {
  return { at, kind, label: 'in words', of }
}

const link = (bands: BandRecord[], name = 'lte udp') => ({ name, bands, to: END })

test.each<[string, BandRecord[], MarkRecord[], string[]]>([
  ['nothing', [], [], []],
  ['a blackout', [band({ to: 3_004 })], [], ['blackout for 2 s']],
  ['one direction', [band({ way: 'up' })], [], ['blackout up for 2 s']],
  ['what is shorter than a second', [band({ to: 1_040 })], [], ['blackout for 0.1 s']],
  ['what lasts', [band({ to: END })], [], ['blackout to the end']],
  [
    'what got better',
    [band({ kind: 'eased', label: '0 % loss', to: END })],
    [],
    ['eased to 0 % loss to the end'],
  ],
  ['the same again', [band({}), band({ from: 5_000, to: 7_010 })], [], ['2 × blackout for 2 s']],
  ['a rebinding', [], [mark('rebind', 2_000)], ['NAT rebinding']],
  ['resets', [], [mark('reset', 1_000), mark('reset', 4_200)], ['2 × reset within 3 s']],
  ['what the link does by itself', [band({ origin: 'link' })], [], []],
  ['what happened to another link', [], [mark('rebind', 2_000, '3g')], []],
  ['what happened to a viewer', [], [mark('stall', 2_000)], []],
])('%s is told in words', (_, bands, marks, texts) => {
  expect(deedsOf([link(bands)], marks)).toEqual(texts)
})

test('what was done to a link is done once, though it has a record for TCP and one for UDP', () => {
  const records = [link([band({})], 'lte tcp'), link([band({ from: 1_001 })], 'lte udp')]
  expect(deedsOf(records, [mark('rebind', 500)])).toEqual(['NAT rebinding', 'blackout for 2 s'])
})

test('trouble is from the first of it to the end of the last', () => {
  const bands = [band({}), band({ from: 6_000, to: 8_000, kind: 'loss', label: '5 % loss' })]
  expect(troubleOf([link(bands)], [])).toEqual({ from: 1_000, to: 8_000 })
  expect(troubleOf([link(bands)], [mark('rebind', 9_000)])).toEqual({ from: 1_000, to: 9_000 })
})

test('no trouble: none, one of another link, one that lasts, and a link that got better', () => {
  expect(troubleOf([link([])], [mark('rebind', 9_000, '3g')])).toBeNull()
  expect(troubleOf([link([band({ to: END })])], [])).toBeNull()
  expect(troubleOf([link([band({ kind: 'eased' })])], [])).toBeNull()
})
