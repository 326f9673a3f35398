import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newRunId } from './run-id.ts'

test('names a run by its UTC second', () => {
  expect(newRunId(new Date('2026-01-31T23:59:59.900Z'), '1a2b')).toBe('20260131-235959-1a2b')
})

test('ids of two runs sort like their seconds', () => {
  const instant = fc.date({
    min: new Date('2000-01-01'),
    max: new Date('2099-12-31'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      const [idA, idB] = [newRunId(a, '0000'), newRunId(b, '0000')]
      const seconds = Math.floor(a.getTime() / 1000) - Math.floor(b.getTime() / 1000)
      expect(Math.sign(idA < idB ? -1 : idA > idB ? 1 : 0)).toBe(Math.sign(seconds))
    }),
  )
})

test('two runs of one second have different ids', () => {
  const at = new Date()
  const ids = new Set(Array.from({ length: 8 }, () => newRunId(at)))
  expect(ids.size).toBeGreaterThan(1)
})
