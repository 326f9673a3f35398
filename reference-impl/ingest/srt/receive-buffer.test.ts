import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addSequence, MAX_SEQUENCE } from '../../wire/srt-sequence.ts'
import { ReceiveBuffer } from './receive-buffer.ts'

const CAPACITY = 64
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ push: fc.integer({ min: -8, max: 80 }), bytes: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ wait: fc.nat(60) }) },
)

it('delivers each packet once and in order, across the wrap, whatever comes when', () => {
  const starts = fc.constantFrom(0, 5, MAX_SEQUENCE - 20, MAX_SEQUENCE)
  fc.assert(
    fc.property(starts, fc.array(step, { maxLength: 150 }), (start, steps) => {
      const buffer = new ReceiveBuffer(start, CAPACITY, 200)
      const held = new Map<number, { bytes: number; dueAt: number }>()
      let now = 0
      let next = 0
      let end = 0
      const bytes = () => [...held.values()].reduce((sum, it) => sum + it.bytes, 0)
      for (const it of steps) {
        if ('push' in it) {
          const offset = next + it.push
          const dueAt = now + 50
          const packet = {
            sequence: addSequence(start, offset),
            payload: new Uint8Array(it.bytes),
            dueAt,
          }
          const full = bytes() + it.bytes > 200
          const expected =
            offset < next
              ? 'belated'
              : offset >= next + CAPACITY || full
                ? 'overflow'
                : held.has(offset)
                  ? 'duplicate'
                  : 'stored'
          const { result, loss } = buffer.push(packet, now)
          expect(result).toBe(expected)
          const opens = expected === 'stored' && offset > end
          expect(loss).toEqual(
            opens ? [addSequence(start, end), addSequence(start, offset - 1)] : null,
          )
          if (expected === 'stored') {
            held.set(offset, { bytes: it.bytes, dueAt })
            end = Math.max(end, offset + 1)
          }
        } else {
          now += it.wait
          for (;;) {
            const due = buffer.take(now)
            const first = [...held.keys()].sort((a, b) => a - b)[0]
            const isDue = first !== undefined && (held.get(first)?.dueAt ?? 0) <= now
            expect(due !== null).toBe(isDue)
            if (due === null || first === undefined) break
            expect(due.packet.sequence).toBe(addSequence(start, first))
            expect(due.dropped).toBe(first - next)
            held.delete(first)
            next = first + 1
          }
        }
        expect(buffer.empty).toBe(held.size === 0)
        let missing = next
        while (held.has(missing)) missing++
        expect(buffer.acknowledged).toBe(addSequence(start, missing))
        expect(buffer.hasLosses).toBe(missing < end)
      }
    }),
    { numRuns: 300 },
  )
})
