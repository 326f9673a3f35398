import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { root } from '../scenario/paths.ts'
import { defaultBudget, type LoadBudget } from './budget.ts'
import { judgeLines } from './judge-lines.ts'
import { parseMix } from './mix.ts'

const fixture = (name: string) => join(root, 'fixtures/k6-lines', name)
const halves = [fixture('half-1.jsonl'), fixture('half-2.jsonl')]

let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lp-lines-'))
  vi.spyOn(console, 'log').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(out, { recursive: true, force: true })
})

async function judge(lines: readonly string[], budget: LoadBudget = defaultBudget) {
  const record = await judgeLines({
    ...{ viewers: 6, ramp: 1, duration: 4, steps: 1, encoders: 1, seed: 1, clockErrorMs: 1 },
    ...{ mix: parseMix('h5live'), arrival: 'even', profile: 'obs-29', engine: 'k6' },
    ...{ target: 'elsewhere', ownHosts: [], command: 'liveproof load', out, lines, budget },
  })
  const [scenario] = record.scenarios
  const figure = (name: string) => record.health.figures.find((one) => one.name === name)?.value
  return { exitCode: record.summary.exitCode, stage: scenario?.load?.stages[0], figure }
}

/** A file as a script of before the lateness would have written it. */
function withoutLateness(path: string): string {
  const old = join(out, 'old.jsonl')
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  writeFileSync(old, lines.map((line) => JSON.stringify(strip(JSON.parse(line)))).join('\n'))
  return old
}

function strip({ late: _, ...line }: { late: unknown }) {
  return line
}

test('lines of runners that were fit are judged as one run, without a process of ours', async () => {
  const { exitCode, stage, figure } = await judge(halves)
  expect(exitCode).toBe(0)
  expect(stage).toMatchObject({ playing: 6, outcome: 'within', lost: 0 })
  expect(stage?.harness).toBeUndefined()
  expect(figure('k6 timers late, p99')).toBeLessThan(100)
})

test('over its budget, seen by runners that were fit, is the fault of the target', async () => {
  const { exitCode, stage } = await judge(halves, { ...defaultBudget, p99Ms: 1 })
  expect(exitCode).toBe(1)
  expect(stage?.outcome).toBe('over')
})

test('a runner that was starved makes the run invalid, and the target is not blamed', async () => {
  const { exitCode, stage } = await judge([fixture('starved.jsonl')])
  expect(exitCode).toBe(3)
  expect(stage?.outcome).toBe('invalid')
  expect(stage?.reasons[0]).toMatch(/^k6 timers late, p99 \d+.* limit 100 ms$/)
})

test('lines that do not tell how late their runner was cannot blame the target', async () => {
  const { exitCode, stage } = await judge([withoutLateness(fixture('starved.jsonl'))])
  expect(exitCode).toBe(3)
  expect(stage?.reasons).toContain('k6 told no lateness of 6 viewers, limit 0 viewers')
})

test('a runner whose lines are missing makes the run invalid', async () => {
  const { exitCode, stage } = await judge([halves[0]!])
  expect(exitCode).toBe(3)
  expect(stage?.reasons).toContain('k6 said nothing of 3 viewers, limit 0 viewers')
})

test('a runner that was given twice is refused', async () => {
  await expect(judge([...halves, halves[0]!])).rejects.toMatchObject({ code: 'LP_LOAD_LINES' })
})
