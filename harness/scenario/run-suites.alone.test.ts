import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readRunRecord } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { root } from './paths.ts'

let out: string
const children: ChildProcess[] = []

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lp-run-'))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(out, { recursive: true, force: true })
})

/** The command line, as a user would call it, on one scenario of eight seconds. */
function startRun(): ChildProcess {
  const child = spawn(
    process.execPath,
    [join(root, 'harness/cli/main.ts'), 'run', 'smoke/obs-to-h5live', '--out', out],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  children.push(child)
  child.stdout!.resume()
  child.stderr!.resume()
  return child
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

function record(): RunRecord {
  return readRunRecord(join(out, 'latest', 'report.json'))
}

/** The process of the reference that a run started, once it is there. */
async function referencePid(child: ChildProcess): Promise<number> {
  return waitFor(() => {
    const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    const pids = text.trim().split(/\s+/).map(Number)
    const pid = pids.find((candidate) =>
      readFileSync(`/proc/${candidate}/cmdline`, 'utf8').includes('reference-impl/main.ts'),
    )
    if (!pid) throw new Error('the reference is not there yet')
    return pid
  })
}

/** Polls until `look` no longer throws, ten seconds at most. */
function waitFor<T>(look: () => T): Promise<T> {
  return vi.waitFor(look, { timeout: 10_000, interval: 100 })
}

test('a run that is interrupted leaves a valid report that says so, and ends with 3', {
  timeout: 40_000,
}, async () => {
  const child = startRun()
  await waitFor(() => record())
  child.kill('SIGINT')
  expect(await exitCode(child)).toBe(3)
  expect(record().run).toMatchObject({
    complete: false,
    interrupted: { cause: 'signal', detail: 'SIGINT' },
  })
  expect(readFileSync(join(out, 'latest', 'index.html'), 'utf8')).toContain('SIGINT')
})

test.runIf(process.platform === 'linux')(
  'a target that crashes is a finding, in a valid report',
  { timeout: 60_000 },
  async () => {
    const child = startRun()
    const pid = await referencePid(child)
    await waitFor(() => record())
    process.kill(pid, 'SIGKILL')
    expect(await exitCode(child)).toBe(1)
    const { run, summary } = record()
    expect(run.interrupted).toMatchObject({ cause: 'target-crashed' })
    expect(run.interrupted?.detail).toContain('SIGKILL')
    expect(summary.sentence).toContain('target crashed')
  },
)

test.runIf(process.platform === 'linux')(
  'a harness without CPU vouches for nothing: invalid, exit code 3, never failed',
  { timeout: 90_000 },
  async () => {
    const child = startRun()
    await waitFor(() => record())
    // Many busy neighbours for as long as the run takes, and 85 s at most.
    const burn = 'const end = Date.now() + 85_000; while (Date.now() < end);'
    for (let i = 0; i < 10 * availableParallelism(); i++)
      children.push(spawn(process.execPath, ['-e', burn], { stdio: 'ignore' }))
    expect(await exitCode(child)).toBe(3)
    const { scenarios, summary } = record()
    expect(scenarios.map(({ status }) => status)).toEqual(['invalid'])
    expect(scenarios[0]?.reason).toContain('not fit to measure')
    expect(summary.scenarios.fail).toBe(0)
  },
)
