import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compare } from '../report/compare.ts'
import { readRunRecord } from '../report/render.ts'
import type { RunRecord, ScenarioRecord } from '../report/run-record.ts'
import { root } from './paths.ts'

/** The first has a rate, the second draws everything that a link decides by its seed. */
const SCENARIOS = ['network/loss-by-protocol', 'network/uneven-link']
/** Its link has no rate, so that what comes later than its delay is what was drawn. */
const UNEVEN = { id: 'uneven', delayMs: 20 }
/** Far from what is seen, so that no busy moment decides on it. */
const THRESHOLD = 'p(50)<5000ms'
/**
 * Packets that two runs must at least have in common where a medium goes that way: ten seconds make
 * several hundred, acknowledgements of six seconds over the uneven link some hundred and fifty.
 */
const LEAST_COMMON = 200
const LEAST_UNEVEN = 100
/** Times in a log are rounded to 1 µs: ms by which the difference of two of them may be off. */
const ROUNDED_MS = 0.0025
/** Exit code of a run that the harness cannot vouch for. */
const INVALID = 3
const MAX_ATTEMPTS = 2

/** Between the title of a scenario and the id of the link whose log it is. */
const LOG = ', decisions of '
/** Judged in them. */
const RULES = [
  'h5live.first-key',
  'h5live.hello',
  'h5live.isolation',
  'h5live.sequence',
  'threshold',
]
const EVERY_KIND = ['lost', 'damaged', 'twice', 'heldBack', 'jitterMs'] as const

let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lp-seed-'))
})

afterEach(() => {
  rmSync(out, { recursive: true, force: true })
})

/**
 * What the seed decides of a packet, by its index alone. Whether a queue has room for it is none of
 * that: it depends on when packets come, which the machine and the sender's own clock decide.
 */
interface Decision {
  readonly lost: boolean
  readonly damaged: boolean
  readonly twice: boolean
  readonly heldBack: boolean
  /** ms of jitter; null where a queue or a loss hides it */
  readonly jitterMs: number | null
}

interface Run {
  readonly record: RunRecord
  /** By scenario and link direction, in the order of packets. */
  readonly decisions: ReadonlyMap<string, readonly Decision[]>
}

/**
 * A run as a user would start it. One in which the harness can vouch for nothing, because the
 * machine was busy, is made again once.
 */
async function run(name: string): Promise<Run> {
  for (let attempt = 1; ; attempt++) {
    const dir = join(out, `${name}-${attempt}`)
    expect([0, INVALID]).toContain(await exitCodeOf(dir))
    const seen = seenIn(join(dir, 'latest'))
    if (seen.record.scenarios.some(isValid) || attempt === MAX_ATTEMPTS) return seen
  }
}

async function exitCodeOf(dir: string): Promise<number | null> {
  const options = ['--seed', '7', '--threshold', THRESHOLD, '--out', dir]
  const child = spawn(
    process.execPath,
    [join(root, 'harness/cli/main.ts'), 'run', ...SCENARIOS, ...options],
    { stdio: 'ignore' },
  )
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    return code
  } finally {
    child.kill('SIGKILL')
  }
}

function seenIn(runDir: string): Run {
  const record = readRunRecord(join(runDir, 'report.json'))
  const decisions = new Map<string, readonly Decision[]>()
  for (const { title, artifacts } of record.scenarios)
    for (const { name, path } of artifacts)
      decisions.set(
        `${title}, ${name}`,
        decisionsIn(readFileSync(join(runDir, path), 'utf8'), name),
      )
  return { record, decisions }
}

/** Over WHIP nearly everything goes up, and over UDP; HTTP and feedback are a few packets. */
function hasMedium(log: string): boolean {
  return !log.includes('over whip') || log.includes(' udp up,')
}

/** Up to the first packet that the run's end left undecided. */
function decisionsIn(csv: string, log: string): Decision[] {
  const rows = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  const undecided = rows.findIndex(([, , , verdict]) => verdict === 'waiting')
  return rows
    .slice(0, undecided < 0 ? rows.length : undecided)
    .map(([, at, , verdict, deliverAt, flags = '']) => ({
      lost: verdict === 'loss',
      damaged: flags.includes('corrupted'),
      twice: flags.includes('duplicated'),
      heldBack: flags.includes('held'),
      jitterMs:
        deliverAt && log.includes(UNEVEN.id)
          ? Number(deliverAt) - Number(at) - UNEVEN.delayMs
          : null,
    }))
}

/** Indices of the packets of the common beginning on which two runs did not decide the same. */
function differences(
  a: readonly Decision[],
  b: readonly Decision[],
  leastCommon = LEAST_COMMON,
): number[] {
  const common = Math.min(a.length, b.length)
  expect(common).toBeGreaterThanOrEqual(leastCommon)
  return Array.from({ length: common }, (_, i) => i).filter((i) => !areSame(a[i]!, b[i]!))
}

function areSame({ jitterMs: one, ...a }: Decision, { jitterMs: other, ...b }: Decision): boolean {
  const sameJitter =
    one === null || other === null ? one === other : Math.abs(one - other) <= ROUNDED_MS
  return sameJitter && JSON.stringify(a) === JSON.stringify(b)
}

const isValid = ({ status }: ScenarioRecord) => status !== 'invalid'

/** Titles of scenarios for which the harness can vouch in both runs. */
function validIn(...runs: readonly Run[]): ReadonlySet<string> {
  const [first, ...others] = runs.map(
    ({ record }) => new Set(record.scenarios.filter(isValid).map(({ title }) => title)),
  )
  return others.reduce((all, titles) => all.intersection(titles), first!)
}

/** Statuses and the verdicts of rules and thresholds; scenarios run side by side, and end as they will. */
function verdictsOf({ record }: Run, valid: ReadonlySet<string>) {
  return record.scenarios
    .filter(({ title }) => valid.has(title))
    .map(({ id, status, verdicts }) => ({
      id,
      status,
      verdicts: verdicts.map(({ rule, expected, outcome }) => [rule, expected, outcome]),
    }))
    .sort((a, b) => a.id.localeCompare(b.id))
}

function rulesJudged({ scenarios }: RunRecord): string[] {
  return [...new Set(scenarios.flatMap(({ verdicts }) => verdicts.map(({ rule }) => rule)))].sort()
}

/**
 * What two runs with one seed have in common: statuses, verdicts, and of each packet what was drawn
 * for it: loss, damage, copy, delay out of turn, jitter. What they cannot have in common: how many
 * packets there are and when they come, and so what a full queue drops, and latencies.
 */
test('two runs with one seed give the same verdicts, and decide the same about each packet', {
  timeout: 300_000,
}, async () => {
  const first = await run('first')
  const second = await run('second')
  const valid = validIn(first, second)
  expect(verdictsOf(second, valid)).toEqual(verdictsOf(first, valid))
  for (const { record } of [first, second]) expect(rulesJudged(record)).toEqual(RULES)

  expect([...second.decisions.keys()].sort()).toEqual([...first.decisions.keys()].sort())
  // RTMP, RTMPS and SRT in two directions each, WHIP in two for its requests and two for its media;
  // over the uneven link RTMP and WHIP.
  expect(first.decisions.size).toBe(16)
  // One that a busy machine kept from its picture has decided the same, about fewer packets.
  const isWhole = (log: string) => hasMedium(log) && valid.has(log.slice(0, log.indexOf(LOG)))
  for (const [log, decisions] of first.decisions) {
    const [least, kinds] = log.includes(UNEVEN.id)
      ? [LEAST_UNEVEN, EVERY_KIND]
      : [LEAST_COMMON, ['lost'] as const]
    const common = isWhole(log) ? least : 1
    expect(differences(decisions, second.decisions.get(log)!, common), log).toEqual([])
    if (!isWhole(log)) continue
    for (const kind of kinds)
      expect(
        decisions.filter((decision) => decision[kind]).length,
        `${kind}, ${log}`,
      ).toBeGreaterThan(0)
  }
  // The same packets whatever the protocol, and others in the other direction.
  const [up, over, down] = ['tcp up', 'udp up', 'tcp down'].map(
    (way) =>
      [...first.decisions].find(
        ([log]) => isWhole(log) && log.includes(`${LOG}lossy, ${way},`),
      )?.[1],
  )
  if (up && over) expect(differences(up, over)).toEqual([])
  if (up && down) expect(differences(up, down)).not.toEqual([])
  // So that the report puts them side by side, each with the link that its frames took.
  const lossy = first.record.scenarios.filter(({ link }) => link === 'lossy')
  const taken = lossy.map(({ protocol, latency }) => [protocol, latency[0]?.links])
  expect(Object.fromEntries(taken)).toEqual({
    rtmp: ['lossy'],
    rtmps: ['lossy'],
    srt: ['lossy'],
    whip: ['lossy tcp', 'lossy udp'],
  })
  const compared = compare(lossy)
  expect(compared.map(({ links, trouble }) => [links, trouble])).toEqual([
    ['lossy (ingest, seed 7)', ''],
  ])
  expect(compared[0]?.rows.map(({ protocol }) => protocol)).toEqual([
    'rtmp',
    'rtmps',
    'srt',
    'whip',
  ])
})
