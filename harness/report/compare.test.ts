import { expect, test } from 'vitest'
import { type ComparedPath, compare } from './compare.ts'
import type { MarkRecord, ScenarioRecord } from './run-record.ts'
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

/** The same scenario over another protocol. */
function over(scenario: ScenarioRecord, protocol: string): ScenarioRecord {
  return { ...scenario, protocol, latency: scenario.latency.map((one) => ({ ...one, protocol })) }
}

const rebound: MarkRecord = { at: 9_000, kind: 'rebind', label: 'another port', of: 'lte' }

test('protocols on one link and seed stand side by side, with what each viewer saw', () => {
  const [comparison, ...more] = compare([srt, rtmp, otherSeed])
  expect(more).toEqual([])
  expect(comparison).toMatchObject({
    links: 'lte (ingest, seed 42)',
    trouble: 'blackout for 2 s',
    rows: [
      {
        scenario: rtmp.id,
        protocol: 'rtmp',
        paths: ['H5Live'],
        stalls: 1,
        stalledMs: 3_400,
        lost: 31,
      },
      {
        scenario: srt.id,
        protocol: 'srt',
        paths: ['H5Live'],
        stalls: 1,
        stalledMs: 2_300,
        lost: 52,
      },
    ],
  })
  const [slow, fast] = comparison?.rows ?? []
  expect([slow?.p99, slow?.max]).toEqual([rtmp.latency[0]?.p99, rtmp.latency[0]?.max])
  // Frames over RTMP come again at 11.4 s and are as early as before shortly before 13 s.
  const ms = (row: ComparedPath | undefined) =>
    row?.recovery && 'ms' in row.recovery ? row.recovery.ms : Number.NaN
  expect(ms(slow)).toBeGreaterThan(2_500)
  expect(ms(slow)).toBeLessThanOrEqual(3_000)
  expect(ms(fast)).toBeLessThan(500)
})

test.each<[string, ScenarioRecord]>([
  ['another seed', otherSeed],
  ['another link', on(srt, { preset: '3g' })],
  ['another link of the same name', on(srt, { state: { up: '1 Mbit/s', down: '1 Mbit/s' } })],
  ['another place', on(srt, { role: 'delivery' })],
  ['no blackout', on(srt, { bands: [] })],
  ['a longer blackout', on(srt, { bands: [{ ...srt.links![0]!.bands[0]!, to: 13_000 }] })],
  ['a blackout, and a rebinding', { ...srt, marks: [...srt.marks!, rebound] }],
  ['a second link', { ...srt, links: [...srt.links!, ...on(srt, { seed: 43 }).links!] }],
  ['no figures', { ...srt, latency: [] }],
  ['the same protocol', over(srt, 'rtmp')],
])('%s is nothing to compare with', (_, other) => {
  expect(compare([rtmp, other])).toEqual([])
})

test('a link that was rebound is compared with others that were, and not with an untouched one', () => {
  const untouched = (scenario: ScenarioRecord) => on({ ...scenario, marks: [] }, { bands: [] })
  const moved = (scenario: ScenarioRecord) => ({ ...untouched(scenario), marks: [rebound] })
  const comparisons = compare([
    untouched(rtmp),
    moved(srt),
    untouched(srt),
    moved(over(srt, 'whip')),
  ])
  expect(
    comparisons.map(({ trouble, rows }) => [trouble, rows.map(({ protocol }) => protocol)]),
  ).toEqual([
    ['', ['rtmp', 'srt']],
    ['NAT rebinding', ['srt', 'whip']],
  ])
  expect(comparisons[0]?.rows.map(({ recovery }) => recovery)).toEqual([null, null])
  expect(comparisons[1]?.rows[0]?.recovery).not.toBeNull()
})

test('one link that carries HTTP over TCP and media over UDP is one link', () => {
  const whip = over(
    {
      ...srt,
      links: srt.links!.flatMap((link) => [
        { ...link, protocol: 'tcp' as const },
        { ...link, protocol: 'udp' as const },
      ]),
    },
    'whip',
  )
  expect(compare([rtmp, whip])[0]?.rows).toHaveLength(2)
})

test('what the link does by itself makes no difference, and nothing to recover from', () => {
  const scheduled = rtmp.links![0]!.bands.map((band) => ({ ...band, origin: 'link' }))
  const [comparison] = compare([on(rtmp, { bands: scheduled }), on(srt, { bands: [] })])
  expect(comparison?.trouble).toBe('')
  expect(comparison?.rows.map(({ recovery }) => recovery)).toEqual([null, null])
})

test('that a link got better is told, and is nothing to recover from', () => {
  const eased = (scenario: ScenarioRecord) =>
    on(scenario, {
      bands: scenario.links![0]!.bands.map((band) => ({
        ...band,
        kind: 'eased',
        label: '0 % loss',
      })),
    })
  expect(compare([eased(rtmp), on(srt, { bands: [] })])).toEqual([])
  const [comparison] = compare([eased(rtmp), eased(srt)])
  expect(comparison?.trouble).toBe('eased to 0 % loss for 2 s')
  expect(comparison?.rows.map(({ recovery }) => recovery)).toEqual([null, null])
})

/** One scenario with a path for each protocol, all over the link of that name. */
function many(...ways: [protocol: string | undefined, link: string][]): ScenarioRecord {
  const { protocol: _, ...scenario } = rtmp
  const names = [...new Set(ways.map(([, link]) => link))].filter((name) => name !== '')
  return {
    ...scenario,
    links: names.map((name, i) => ({ ...rtmp.links![0]!, name, preset: name, seed: 42 + i })),
    latency: ways.map(([protocol, link], i) => ({
      ...rtmp.latency[0]!,
      path: `H5Live ${i + 1}`,
      protocol,
      links: link === '' ? [] : [link],
    })),
  }
}

const shown = (scenarios: ScenarioRecord[]) =>
  compare(scenarios).map(({ links, rows }) => [links, rows.flatMap(({ paths }) => paths)])

test('one scenario is enough where it has several protocols in it', () => {
  expect(shown([many(['srt', 'lte'], ['rtmp', 'lte'])])).toEqual([
    ['lte (ingest, seed 42)', ['H5Live 2', 'H5Live 1']],
  ])
  expect(compare([many(['srt', 'lte'], ['srt', 'lte'])])).toEqual([])
  expect(compare([many([undefined, 'lte'], [undefined, 'lte'])])).toEqual([])
})

test('each link of a scenario is compared for itself, and what took none with nothing', () => {
  const both = many(['rtmp', 'lte'], ['rtmp', '3g'], ['srt', '3g'], ['srt', 'lte'], ['whip', ''])
  expect(shown([both])).toEqual([
    ['lte (ingest, seed 42)', ['H5Live 1', 'H5Live 4']],
    ['3g (ingest, seed 43)', ['H5Live 2', 'H5Live 3']],
  ])
  const unnamed = { ...both, latency: both.latency.map(({ links: _, ...one }) => one) }
  expect(compare([unnamed])).toEqual([])
})

test('scenarios without links are left alone', () => {
  expect(compare(passingRun().scenarios)).toEqual([])
})
