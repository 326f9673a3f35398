import { expect, test } from 'vitest'
import type { StageVerdict } from './budget.ts'
import { capacityText, findKnee } from './knee.ts'

const stage = (viewers: number, outcome: StageVerdict['outcome'], ...reasons: string[]) => ({
  viewers,
  verdict: { outcome, reasons },
})

test('the knee lies between the last load within the budget and the first over it', () => {
  const knee = findKnee([
    stage(100, 'within'),
    stage(200, 'within'),
    stage(300, 'over', 'p99 900 ms'),
  ])
  expect(knee).toEqual({ viewers: 200, bound: 'knee', next: 300, limitedBy: ['p99 900 ms'] })
  expect(capacityText(knee)).toBe('200 viewers within the budget, over it at 300: p99 900 ms')
})

test('without a load over the budget there is only a lower bound', () => {
  expect(findKnee([stage(100, 'within')])).toMatchObject({ viewers: 100, bound: 'at-least' })
})

test('where the harness gave in first, the target is not blamed', () => {
  const capacity = findKnee([stage(100, 'within'), stage(200, 'invalid', 'loop late')])
  expect(capacity).toMatchObject({ viewers: 100, bound: 'harness' })
  expect(capacityText(capacity)).toContain('cannot vouch for 200')
})

test('what lies above the first load that failed proves nothing', () => {
  expect(findKnee([stage(100, 'over', 'x'), stage(200, 'within')])).toMatchObject({
    viewers: null,
    bound: 'knee',
    next: 100,
  })
})
