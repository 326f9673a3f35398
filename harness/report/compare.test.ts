import { expect, test } from 'vitest'
import { compare } from './compare.ts'
import type { ScenarioRecord } from './run-record.ts'
import { networkRun } from './samples/network.ts'
import { passingRun } from './samples/runs.ts'

const [rtmp, srt, otherSeed] = networkRun().scenarios as [
  ScenarioRecord,
  ScenarioRecord,
  ScenarioRecord,
]

/** The same scenario with another link. */
function on(scenario: ScenarioRecord, change: object): ScenarioRecord {
  return { ...scenario, links: scenario.links!.map((link) => ({ ...link, ...change })) }
}

test('protocols on one link and seed stand side by side, with what each viewer saw', () => {
  const [comparison, ...more] = compare([rtmp, srt, otherSeed])
  expect(more).toEqual([])
  expect(comparison).toMatchObject({
    links: 'lte (ingest, seed 42)',
    trouble: 'blackout for 2 s',
    rows: [
      {
        scenario: rtmp.id,
        protocol: 'rtmp',
        path: 'H5Live',
        stalls: 1,
        stalledMs: 3_400,
        lost: 31,
      },
      { scenario: srt.id, protocol: 'srt', path: 'H5Live', stalls: 1, stalledMs: 2_300, lost: 52 },
    ],
  })
  const [slow, fast] = comparison?.rows ?? []
  expect(slow?.p99).toBe(rtmp.latency[0]?.p99)
  // Frames over RTMP come again at 11.4 s and are as early as before shortly before 13 s.
  expect(slow?.recoveryMs).toBeGreaterThan(2_500)
  expect(slow?.recoveryMs).toBeLessThanOrEqual(3_000)
  expect(fast?.recoveryMs).toBeLessThan(500)
})

test.each<[string, ScenarioRecord]>([
  ['another seed', otherSeed],
  ['another link', on(srt, { preset: '3g' })],
  ['another place', on(srt, { role: 'delivery' })],
  ['no blackout', on(srt, { bands: [] })],
  ['a longer blackout', on(srt, { bands: [{ ...srt.links![0]!.bands[0]!, to: 13_000 }] })],
  ['a second link', { ...srt, links: [...srt.links!, ...srt.links!] }],
  ['no figures', { ...srt, latency: [] }],
])('%s is nothing to compare with', (_, other) => {
  expect(compare([rtmp, other])).toEqual([])
})

test('one link that carries HTTP over TCP and media over UDP is one link', () => {
  const whip = {
    ...srt,
    links: srt.links!.flatMap((link) => [
      { ...link, protocol: 'tcp' as const },
      { ...link, protocol: 'udp' as const },
    ]),
  }
  expect(compare([rtmp, whip])[0]?.rows).toHaveLength(2)
})

test('what the link does by itself makes no difference, and nothing to recover from', () => {
  const scheduled = rtmp.links![0]!.bands.map((band) => ({ ...band, origin: 'link' }))
  const [comparison] = compare([on(rtmp, { bands: scheduled }), on(srt, { bands: [] })])
  expect(comparison?.trouble).toBe('')
  expect(comparison?.rows.map(({ recoveryMs }) => recoveryMs)).toEqual([null, null])
})

test('one scenario is enough where it has several protocols in it, told by path', () => {
  const [one] = rtmp.latency
  const paths = (...protocols: (string | undefined)[]) =>
    protocols.map((protocol, i) => ({ ...one!, path: `H5Live ${i + 1}`, protocol }))
  const [comparison] = compare([{ ...rtmp, latency: paths('srt', 'rtmp') }])
  expect(comparison?.rows.map(({ protocol, path }) => [protocol, path])).toEqual([
    ['srt', 'H5Live 1'],
    ['rtmp', 'H5Live 2'],
  ])
  expect(compare([{ ...rtmp, latency: paths('srt', 'srt') }])).toEqual([])
  expect(compare([{ ...rtmp, latency: paths(undefined, undefined) }])).toEqual([])
})

test('that a link got better is no trouble', () => {
  const eased = rtmp.links![0]!.bands.map((band) => ({ ...band, kind: 'eased' }))
  const [comparison] = compare([on(rtmp, { bands: eased }), on(srt, { bands: [] })])
  expect(comparison?.trouble).toBe('')
})

test('scenarios without links are left alone', () => {
  expect(compare(passingRun().scenarios)).toEqual([])
})
