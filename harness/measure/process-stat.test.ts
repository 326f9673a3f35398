import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProcessStat, readProcessStat, readThreadWaits } from './process-stat.ts'

const LINE =
  '4711 (a (nasty) name) S 1 2 3 0 -1 4194304 1 2 3 4 250 50 7 8 20 0 11 0 999 123456 1000 184467440 0'

test('reads CPU time and memory behind a name with parentheses', () => {
  expect(parseProcessStat(LINE, '123 4500000 9\n')).toEqual({
    cpuMs: 3000,
    rssBytes: 4_096_000,
    waitedMs: 4.5,
  })
})

test('a process that is gone has no figures', async () => {
  expect(await readProcessStat(2 ** 22 + 1)).toBeNull()
  expect(parseProcessStat('')).toBeNull()
})

test.runIf(process.platform === 'linux')('this process has used CPU and memory', async () => {
  const stat = await readProcessStat('self')
  expect(stat!.cpuMs).toBeGreaterThan(0)
  expect(stat!.rssBytes / process.memoryUsage.rss()).toBeGreaterThan(0.8)
})

test.runIf(process.platform === 'linux')('each thread tells how long it waited', async () => {
  const waits = await readThreadWaits(process.pid)
  const stat = await readProcessStat('self')
  // Node has threads for its pool and its collector beside the main one, whose id is the process's.
  expect(waits.size).toBeGreaterThan(1)
  expect(waits.get(String(process.pid))).toBeLessThanOrEqual(stat!.waitedMs!)
  expect((await readThreadWaits(2 ** 22 + 1)).size).toBe(0)
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(() => parseProcessStat(`${a})${b}`, b)).not.toThrow()
    }),
  )
})
