import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeHost } from './host.ts'
import { runRecord } from './run-record.ts'
import { RunWriter } from './run-writer.ts'
import { sampleCards } from './samples/cards.ts'
import { sampleScenario } from './samples/scenario.ts'

let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'liveproof-report-'))
})

afterEach(() => rmSync(out, { recursive: true, force: true }))

function newWriter(): RunWriter {
  return new RunWriter({
    out,
    seed: 1,
    command: 'liveproof run',
    target: { name: 'reference', kind: 'reference', api: 'http://127.0.0.1:1' },
    host: describeHost(),
    tool: { name: 'liveproof', version: '0.1.0' },
    versions: {},
    ruleCard: (id) => sampleCards[id],
  })
}

function onDisk(dir: string) {
  return runRecord.parse(JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')))
}

test('the record is valid from the first moment on, and not yet a success', () => {
  const writer = newWriter()
  expect(onDisk(writer.dir)).toMatchObject({ run: { complete: false }, summary: { exitCode: 3 } })
})

test('a finished run is complete, with the cards of the rules that appear', () => {
  const writer = newWriter()
  const verdicts = sampleScenario({ title: 'x' }).verdicts.slice(0, 2)
  writer.scenario({ ...sampleScenario({ title: 'a sample' }), verdicts })
  expect(onDisk(writer.dir).scenarios).toHaveLength(1)
  writer.finish()
  const record = onDisk(writer.dir)
  expect(record).toMatchObject({ run: { complete: true }, summary: { exitCode: 0 } })
  expect(Object.keys(record.rules)).toEqual(verdicts.map(({ rule }) => rule))
  expect(readdirSync(writer.dir)).toEqual(['report.json'])
})

test('`latest` points at the newest run', () => {
  newWriter()
  const second = newWriter()
  expect(join(out, readlinkSync(join(out, 'latest')))).toBe(second.dir)
})

test('the first cause of an interruption stays, and the run never becomes complete', () => {
  const writer = newWriter()
  writer.scenario(sampleScenario({ title: 'a sample' }))
  writer.interrupt('target-crashed', 'exit code 134')
  writer.interrupt('signal', 'SIGINT')
  writer.finish()
  const { run, summary } = onDisk(writer.dir)
  expect(run).toMatchObject({ complete: false, interrupted: { cause: 'target-crashed' } })
  expect(summary.exitCode).toBe(1)
})

test('a result that breaks the schema is kept as an invalid scenario', () => {
  const writer = newWriter()
  const kept = writer.scenario({ ...sampleScenario({ title: 'a sample' }), durationMs: Number.NaN })
  expect(kept).toMatchObject({ title: 'a sample', status: 'invalid' })
  expect(onDisk(writer.dir).scenarios[0]?.error?.message).toContain('durationMs')
})

test('evidence with a long dump is clipped to 64 bytes', () => {
  const writer = newWriter()
  const [verdict] = sampleScenario({ title: 'x' }).verdicts
  const evidence = [{ note: 'dump', bytes: 'ab'.repeat(900) }]
  writer.scenario({
    ...sampleScenario({ title: 'a sample' }),
    verdicts: [{ ...verdict!, evidence }],
  })
  const [kept] = onDisk(writer.dir).scenarios
  expect(kept?.verdicts[0]?.evidence[0]?.bytes).toHaveLength(128)
})

test('the colours of an error message are left out', () => {
  const writer = newWriter()
  const error = { code: 'LP_X', message: '\u001b[31mexpected\u001b[39m 1' }
  const kept = writer.scenario({ ...sampleScenario({ title: 'a sample' }), error })
  expect(kept).toMatchObject({ status: 'fail', error: { message: 'expected 1' } })
})

test('of each health figure the worst of the run is kept', () => {
  const writer = newWriter()
  const figure = { name: 'event-loop delay p99', unit: 'ms', limit: 50 }
  for (const value of [3, 9, 4]) writer.noteHealth([{ ...figure, value }])
  expect(onDisk(writer.dir).health.figures).toEqual([{ ...figure, value: 9 }])
})

test('an unwell harness makes the whole run invalid', () => {
  const writer = newWriter()
  writer.scenario(sampleScenario({ title: 'a sample' }))
  writer.health({ status: 'invalid', causes: ['CPU at 100 %'], figures: [] })
  writer.finish()
  expect(onDisk(writer.dir)).toMatchObject({
    health: { status: 'invalid', causes: ['CPU at 100 %'] },
    summary: { exitCode: 3 },
  })
})

test('a reader never sees half a record, nor does SIGKILL leave one', async () => {
  const code = `
    import { RunWriter } from ${JSON.stringify(new URL('./run-writer.ts', import.meta.url).href)}
    import { passingRun } from ${JSON.stringify(new URL('./samples/runs.ts', import.meta.url).href)}
    const { run, scenarios } = passingRun()
    const writer = new RunWriter({ ...run, out: ${JSON.stringify(out)}, ruleCard: () => undefined })
    for (let n = 0; n < 100_000; n++) {
      writer.scenario({ ...scenarios[0], id: String(n), series: [] })
      if (n === 20) console.log('underway')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    const dir = join(out, readlinkSync(join(out, 'latest')))
    for (let look = 0; look < 200; look++) onDisk(dir)
  } finally {
    child.kill('SIGKILL')
  }
  await once(child, 'exit')
  const record = onDisk(join(out, readlinkSync(join(out, 'latest'))))
  expect(record.scenarios.length).toBeGreaterThan(20)
  expect(record.summary.exitCode).toBe(3)
})
