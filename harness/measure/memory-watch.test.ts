import { expect, test } from 'vitest'
import { MemoryWatch } from './memory-watch.ts'

test('what a process takes in between is seen', async () => {
  const watch = await MemoryWatch.start(process.pid)
  if (watch === null) return expect(process.platform).not.toBe('linux')
  const taken = Buffer.alloc(60 * 2 ** 20, 1)
  const grown = await watch.stop()
  expect(taken[7]).toBe(1)
  expect(grown).toBeGreaterThan(40)
})

test('of a process that is not there nothing is said', async () => {
  expect(await MemoryWatch.start(undefined)).toBeNull()
  expect(await MemoryWatch.start(2 ** 22 + 1)).toBeNull()
})
