import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FrameColumns } from './frame-columns.ts'

const row = fc.record({
  track: fc.constantFrom('video' as const, 'audio' as const),
  dts: fc.integer({ min: -(2 ** 40), max: 2 ** 50 }),
  cts: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  key: fc.boolean(),
  idr: fc.boolean(),
  size: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  at: fc.double({ min: 0, max: 1e9, noNaN: true }),
})

it('gives back every row as it was added, however many there are', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 700 }), (rows) => {
      const columns = new FrameColumns()
      for (const each of rows) columns.add(each)
      const frames = columns.toFrames()
      expect(columns.length).toBe(rows.length)
      expect(frames).toEqual({
        track: rows.map(({ track }) => (track === 'video' ? 0 : 1)),
        dts: rows.map(({ dts }) => dts),
        cts: rows.map(({ cts }) => cts),
        key: rows.map(({ key }) => Number(key)),
        idr: rows.map(({ idr }) => Number(idr)),
        size: rows.map(({ size }) => size),
        at: rows.map(({ at }) => at),
      })
    }),
    { numRuns: 30 },
  )
})
