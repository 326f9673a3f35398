import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRunRecord } from '../report/render.ts'
import { root } from '../scenario/paths.ts'

const USAGE = 2
const ENVIRONMENT = 3
/** What is not about time is judged here: a busy machine may make players stand still. */
const PATIENT = ['--p99', '3000', '--stalled', '1']

let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lp-load-'))
})

afterEach(() => {
  rmSync(out, { recursive: true, force: true })
})

function load(args: readonly string[], env: Record<string, string> = {}) {
  const main = join(root, 'harness/cli/main.ts')
  const child = spawn(process.execPath, [main, 'load', '--out', out, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (text: Buffer) => {
    said += text
  })
  child.stderr.on('data', (text: Buffer) => {
    said += text
  })
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number, said }))
  return { child, ended, said: () => said }
}

const record = () => readRunRecord(join(out, 'latest', 'report.json'))

test('a crowd in steps ends in a report with its curve', async () => {
  const { code, said } = await load([
    '--viewers',
    '30',
    '--steps',
    '2',
    '--ramp',
    '2',
    '--duration',
    '3',
    ...PATIENT,
  ]).ended
  expect(code, said).toBe(0)
  const [scenario] = record().scenarios
  expect(scenario?.load?.stages.map(({ viewers, lost }) => [viewers, lost])).toEqual([
    [15, 0],
    [30, 0],
  ])
  expect(scenario?.load?.capacity).toMatchObject({ viewers: 30, bound: 'at-least' })
  expect(scenario?.load?.stages[0]?.target?.cpu).toBeGreaterThan(0)
}, 60_000)

test('viewers in other regions play from where the target sends them', async () => {
  const mix = ['--viewers', '12', '--mix', 'h5live+eu,hls+us,progressive']
  const { code, said } = await load([...mix, '--ramp', '1', '--duration', '3', ...PATIENT]).ended
  expect(code, said).toBe(0)
  const [scenario] = record().scenarios
  expect(scenario?.load?.stages.map(({ playing, lost }) => [playing, lost])).toEqual([[12, 0]])
  const paths = scenario?.latency.map(({ path, lost }) => [path, lost])
  for (const name of ['H5Live in eu', 'LL-HLS in us', 'progressive'])
    expect(paths).toContainEqual([`${name}, whole run`, 0])
}, 60_000)

test('Ctrl-C in the middle leaves a valid report of what there was', async () => {
  const { child, ended, said } = load([
    ...['--viewers', '20', '--ramp', '1', '--duration', '600'],
    ...PATIENT,
  ])
  await expect.poll(said, { timeout: 30_000 }).toContain('20/20 viewers')
  child.kill('SIGINT')
  await ended
  const { run, scenarios, summary } = record()
  expect(run).toMatchObject({ complete: false, interrupted: { cause: 'signal', detail: 'SIGINT' } })
  expect(scenarios).toHaveLength(1)
  expect(summary.exitCode).toBe(3)
}, 60_000)

test('a target that is not loopback is refused before anything is sent to it', async () => {
  const file = join(out, 'target.json')
  writeFileSync(
    file,
    JSON.stringify({ name: 'x', api: 'http://192.0.2.1/bintu', apiKeyVariable: 'LP_TEST_KEY' }),
  )
  const args = ['--viewers', '1', '--target', file]
  const { code, said } = await load(args, { LP_TEST_KEY: 'secret' }).ended
  expect([code, said]).toEqual([USAGE, expect.stringContaining('[LP_LOAD_NOT_OWN]')])
}, 30_000)

test('a k6 that is missing is built before anything starts; where it cannot be, the command that can is named', async () => {
  const go = join(out, 'go')
  writeFileSync(go, '#!/bin/sh\n[ "$1" = install ] || exit 0\necho "no network here" >&2\nexit 1\n')
  chmodSync(go, 0o755)
  const environment = { K6_PATH: join(out, 'k6'), PATH: out, LIVEPROOF_NO_INSTALL: '' }
  const { code, said } = await load(['--engine', 'k6'], environment).ended
  expect([code, said]).toEqual([ENVIRONMENT, expect.stringContaining('[LP_K6_MISSING]')])
  expect(said).toMatch(/^liveproof: building k6 v[\d.]+ with Go/)
  expect(said).toContain('go install failed: no network here; ./liveproof doctor --fix')
}, 30_000)
