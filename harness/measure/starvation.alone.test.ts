import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { readProcessStat } from './process-stat.ts'
import { StarvationWatch, worstShare } from './starvation.ts'

const children: ReturnType<typeof spawn>[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

test('the share is that of the worst second, however late the looks come', () => {
  const steady = Array.from({ length: 12 }, (_, i) => ({ at: i * 100, waitedMs: i * 10 }))
  expect(worstShare(steady.slice(0, -1), steady.at(-1)!)).toBeCloseTo(0.1)
  expect(worstShare([{ at: 0, waitedMs: 0 }], { at: 900, waitedMs: 900 })).toBe(0)
  expect(worstShare([{ at: 0, waitedMs: 0 }], { at: 4_000, waitedMs: 1_000 })).toBe(0.25)
})

test.runIf(process.platform === 'linux')('a process among many busy ones is starved', async () => {
  const burn = 'const end = Date.now() + 60_000; while (Date.now() < end);'
  for (let i = 0; i < 4 * availableParallelism(); i++)
    children.push(spawn(process.execPath, ['-e', burn], { stdio: 'ignore' }))
  const { pid } = children[0]!
  const watch = new StarvationWatch(pid!)
  const before = (await readProcessStat(pid!))!.waitedMs!
  await expect
    .poll(async () => (await readProcessStat(pid!))!.waitedMs! - before, { timeout: 15_000 })
    .toBeGreaterThan(2_000)
  expect(await watch.stop()).toBeGreaterThan(0.3)
})

test('a process that is not there was never starved', async () => {
  expect(await new StarvationWatch(2 ** 22 + 1).stop()).toBe(0)
})
