import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compare } from '../report/compare.ts'
import { readRunRecord } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { root } from './paths.ts'

const SCENARIO = 'network/loss-by-protocol'
/** Packets that two runs must at least have in common; ten seconds make several hundred. */
const LEAST_COMMON = 200
/** Exit code of a run that the harness cannot vouch for. */
const INVALID = 3
const MAX_ATTEMPTS = 3

let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lp-seed-'))
})

afterEach(() => {
  rmSync(out, { recursive: true, force: true })
})

interface Run {
  readonly record: RunRecord
  /** By scenario and link direction: which packets were lost, by their index. */
  readonly losses: ReadonlyMap<string, readonly boolean[]>
}

/**
 * A run as a user would start it. One for which the harness cannot vouch, because the machine was
 * busy, says nothing and is made again.
 */
async function run(name: string): Promise<Run> {
  for (let attempt = 1; ; attempt++) {
    const dir = join(out, `${name}-${attempt}`)
    const code = await exitCodeOf(dir)
    if (code === INVALID && attempt < MAX_ATTEMPTS) continue
    expect(code).toBe(0)
    return seenIn(join(dir, 'latest'))
  }
}

async function exitCodeOf(dir: string): Promise<number | null> {
  const child = spawn(
    process.execPath,
    [join(root, 'harness/cli/main.ts'), 'run', SCENARIO, '--seed', '7', '--out', dir],
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
  const losses = new Map<string, readonly boolean[]>()
  for (const { title, artifacts } of record.scenarios)
    for (const { name: log, path } of artifacts.filter(({ name }) => hasTraffic(title, name)))
      losses.set(`${title}, ${log}`, lossesIn(readFileSync(join(runDir, path), 'utf8')))
  return { record, losses }
}

/** Over WHIP nearly everything goes up, and over UDP; HTTP and feedback are a few packets. */
function hasTraffic(title: string, log: string): boolean {
  return !title.includes('over whip') || log.includes(' udp up,')
}

/** Of each packet whether it was lost, up to the first that the run's end left undecided. */
function lossesIn(csv: string): boolean[] {
  const verdicts = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[3])
  const undecided = verdicts.indexOf('waiting')
  return verdicts
    .slice(0, undecided < 0 ? verdicts.length : undecided)
    .map((verdict) => verdict === 'loss')
}

/** Indices of the packets of the common beginning that one lost and the other did not. */
function differences(a: readonly boolean[], b: readonly boolean[]): number[] {
  const common = Math.min(a.length, b.length)
  expect(common).toBeGreaterThan(LEAST_COMMON)
  return Array.from({ length: common }, (_, i) => i).filter((i) => a[i] !== b[i])
}

const verdictsOf = ({ record }: Run) =>
  record.scenarios
    .map(({ id, status, verdicts }) => ({
      id,
      status,
      verdicts: verdicts.map(({ rule, outcome }) => [rule, outcome]),
    }))
    // They run side by side, and end as they will.
    .sort((a, b) => a.id.localeCompare(b.id))

test('two runs with one seed give the same verdicts, and lose the same packets', {
  timeout: 300_000,
}, async () => {
  const first = await run('first')
  const second = await run('second')
  expect(verdictsOf(second)).toEqual(verdictsOf(first))
  expect([...second.losses.keys()].sort()).toEqual([...first.losses.keys()].sort())
  // RTMP, RTMPS and SRT in two directions each, WHIP in one.
  expect(first.losses.size).toBe(7)
  for (const [log, lost] of first.losses) {
    expect(lost.filter(Boolean).length, log).toBeGreaterThan(0)
    expect(differences(lost, second.losses.get(log)!), log).toEqual([])
  }
  // The same packets whatever the protocol, and others in the other direction.
  const lost = (way: string) => [...first.losses].find(([log]) => log.includes(` ${way},`))![1]
  expect(differences(lost('tcp up'), lost('udp up'))).toEqual([])
  expect(differences(lost('tcp up'), lost('tcp down'))).not.toEqual([])
  // So that the report puts them side by side, each with the link that its frames took.
  const { scenarios } = first.record
  const taken = scenarios.map(({ protocol, latency }) => [protocol, latency[0]?.links])
  expect(Object.fromEntries(taken)).toEqual({
    rtmp: ['lossy'],
    rtmps: ['lossy'],
    srt: ['lossy'],
    whip: ['lossy tcp', 'lossy udp'],
  })
  const compared = compare(scenarios)
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
