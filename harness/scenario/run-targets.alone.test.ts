import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRunRecord } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { nginxRtmp } from '../targets/peers/nginx-rtmp.ts'
import { root } from './paths.ts'

let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lp-targets-'))
})

afterEach(() => rmSync(out, { recursive: true, force: true }))

/** The command line, as a user would call it. */
async function liveproof(...args: string[]): Promise<{ code: number; said: string }> {
  const command = [join(root, 'harness/cli/main.ts'), ...args, '--out', out]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const [code] = (await once(child, 'close')) as [number]
  return { code, said }
}

/** Every report, by when its run began. */
function reports(): RunRecord[] {
  const ids = readdirSync(out).filter((name) => name !== 'latest')
  return ids
    .map((id) => readRunRecord(join(out, id, 'report.json')))
    .sort((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt))
}

function outcomes({ scenarios }: RunRecord): string[] {
  return scenarios
    .map(({ id, status, verdicts }) =>
      [id, status, ...verdicts.map(({ rule, outcome }) => `${rule} ${outcome}`)].join('\n'),
    )
    .sort()
}

const missing = nginxRtmp.missing()
test.skipIf(missing)(
  `several targets: each has a report, and all are in each ${missing ?? ''}`,
  {
    timeout: 90_000,
  },
  async () => {
    const targets = ['--target', 'reference', '--target', 'nginx-rtmp']
    const { code, said } = await liveproof('run', 'handshake', 'create', ...targets)
    expect([code, said]).toEqual([0, expect.stringContaining('against nginx-rtmp')])
    const [own, other] = reports()
    expect([own?.run.target, other?.run.target]).toMatchObject([
      { name: 'reference' },
      { name: 'nginx-rtmp', kind: 'peer' },
    ])
    expect(other?.targets).toEqual(own?.targets)
    expect(own?.targets?.map(({ name, run }) => [name, run])).toEqual([
      ['reference', own?.run.id],
      ['nginx-rtmp', other?.run.id],
    ])
    const cells = own?.targets?.map((column) => column.cells)
    expect(cells?.map((cell) => cell['rtmp.server.handshake']?.outcome)).toEqual(['pass', 'pass'])
    expect(cells?.map((cell) => cell['api.create'])).toMatchObject([
      { outcome: 'pass' },
      { outcome: 'skipped', actual: 'nginx-rtmp has no bintu API' },
    ])
  },
)

test('the shards of a run, merged, say what one run says', { timeout: 90_000 }, async () => {
  const what = ['run', 'handshake', 'create', 'auth']
  expect((await liveproof(...what)).code).toBe(0)
  for (const shard of ['1/2', '2/2'])
    expect((await liveproof(...what, '--shard', shard)).code).toBe(0)
  const [whole, ...parts] = reports()
  expect(parts.map(({ scenarios }) => scenarios.length)).toEqual([2, 1])
  const dirs = parts.map(({ run }) => join(out, run.id))
  const merged = await liveproof('merge', ...dirs)
  const record = readRunRecord(join(out, 'latest', 'report.json'))
  expect([merged.code, outcomes(record)]).toEqual([0, outcomes(whole!)])
  expect(record.summary).toEqual(whole?.summary)
  const twice = await liveproof('merge', dirs[0]!, dirs[0]!)
  expect([twice.code, twice.said]).toEqual([2, expect.stringContaining('[LP_MERGE_TWICE]')])
})
