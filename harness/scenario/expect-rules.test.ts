import { expect, test } from 'vitest'
import type { EncoderEvidence } from '../conformance/ingest-record.ts'
import { madeSession } from '../conformance/testing/ingest-session.ts'
import { ruleExpectation } from './expect-rules.ts'
import { emptyOutcome } from './result.ts'
import type { Workbench } from './workbench.ts'

/** What a scenario expects, of a target that wrote this down. */
function expecting(selectors: readonly string[], evidence: EncoderEvidence[], reference = true) {
  const bench = {
    target: { reference: reference ? {} : undefined },
    encoders: [],
    encoderEvidence: async () => evidence,
  } as unknown as Workbench
  const outcome = emptyOutcome()
  return { rules: ruleExpectation(selectors, { bench, viewers: [] }, outcome), outcome }
}

const UNJUDGED = { code: 'LP_RULES_UNJUDGED' }

test.each([
  ['no record', []],
  ['a record without a session', [{ sessions: [] }]],
])('an encoder of which there is %s is neither good nor bad', async (_what, evidence) => {
  const good = expecting(['encoder'], evidence)
  await expect(good.rules.toBreakExactly([])).rejects.toMatchObject(UNJUDGED)
  expect(good.outcome.verdicts.length).toBeGreaterThan(10)
  expect(new Set(good.outcome.verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['skipped']))
  await expect(expecting(['encoder'], evidence).rules.toHold()).rejects.toMatchObject(UNJUDGED)
  await expect(
    expecting(['encoder'], evidence).rules.toBreakExactly(['encoder.gop-length']),
  ).rejects.toMatchObject({ code: 'LP_RULES_BROKEN' })
})

test('a target that keeps no records leaves rules about encoders open', async () => {
  const { rules, outcome } = expecting(['encoder'], [], false)
  await rules.toHold()
  expect(outcome.verdicts[0]).toMatchObject({ outcome: 'skipped' })
})

test('one family that was judged does not speak for another', async () => {
  const { rules } = expecting(['encoder', 'h5live'], [{ sessions: [madeSession()] }])
  await expect(rules.toHold()).rejects.toMatchObject({
    ...UNJUDGED,
    message: expect.stringMatching(/: h5live$/),
  })
})

test('a family of probes that nobody runs is no expectation', async () => {
  const { rules } = expecting(['rtmp.server'], [])
  await expect(rules.toHold()).rejects.toMatchObject(UNJUDGED)
})

test('what held stands in the report beside what was caught, and only that is marked', async () => {
  const long = madeSession({ seconds: 20, gop: 8 })
  const { rules, outcome } = expecting(['encoder'], [{ sessions: [long] }])
  const broken = ['encoder.gop-length']
  await rules.toBreakExactly(broken)
  const of = (id: string) => outcome.verdicts.find(({ rule }) => rule === id)
  expect(of('encoder.gop-length')).toMatchObject({ outcome: 'pass', caught: true })
  expect(of('encoder.b-frames')).toMatchObject({ outcome: 'pass' })
  expect(of('encoder.b-frames')).not.toHaveProperty('caught')
  expect(of('encoder.group-aligned')).toMatchObject({ outcome: 'skipped' })
})

test('a breach that nobody wanted, or a wanted one that is missing, fails', async () => {
  const good = { sessions: [madeSession({ seconds: 20 })] }
  const missing = expecting(['encoder'], [good])
  await expect(missing.rules.toBreakExactly(['encoder.gop-length'])).rejects.toMatchObject({
    message: expect.stringMatching(/^encoder.gop-length: expected caught; saw pass/),
  })
  const bad = { sessions: [madeSession({ seconds: 20, gop: 8 })] }
  const unwanted = expecting(['encoder'], [bad])
  await expect(unwanted.rules.toBreakExactly([])).rejects.toMatchObject({
    message: expect.stringMatching(/^encoder.gop-length: /),
  })
})
