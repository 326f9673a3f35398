import { expect, test } from 'vitest'
import { Checks } from './checks.ts'
import { checkError } from './error-shape.ts'
import type { RawAnswer } from './raw-call.ts'

test('nothing looked at is skipped, never holds', () => {
  expect(new Checks().finding('x', 'y')).toMatchObject({ result: 'skipped' })
})

test('the first deviation is said, the others are counted and kept as evidence', () => {
  const checks = new Checks()
  checks.that(true, 'not said')
  checks.that(false, 'first')
  checks.that(false, () => 'second')
  expect(checks.finding('x', 'y')).toEqual({
    result: 'broken',
    expected: 'x',
    actual: 'first (and 1 more)',
    evidence: [{ note: 'first' }, { note: 'second' }],
  })
})

const good = { error: { message: 'no', code: 1002, userinfo: {} } }

function judge(status: number, body: unknown, contentType = 'application/json; charset=utf-8') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const json = typeof body === 'string' ? undefined : body
  const answer: RawAnswer = { status, contentType, next: null, text, json }
  const checks = new Checks()
  checkError(checks, 'call', answer, [400], 1002)
  return checks.finding('', '').evidence?.map(({ note }) => note) ?? []
}

test('an error of the documented shape has no deviation', () => {
  expect(judge(400, good)).toEqual([])
})

test.each([
  ['another status', 500, good, 'status 500 instead of 400'],
  ['success', 200, {}, 'status 200 instead of 400'],
  ['another code', 400, { error: { ...good.error, code: 7 } }, 'code 7 instead of 1002'],
  ['a code that is text', 400, { error: { ...good.error, code: '1002' } }, 'not {error:'],
  ['no userinfo', 400, { error: { message: 'no', code: 1002 } }, 'not {error:'],
  ['userinfo null', 400, { error: { ...good.error, userinfo: null } }, 'not {error:'],
  ['a page', 400, '<h1>no</h1>', 'not {error:'],
  [
    'a trace of Node',
    400,
    { error: { ...good.error, message: 'E\n    at f (file:///a/b.ts:1:2)' } },
    'stack',
  ],
  ['a trace of Python', 400, 'Traceback (most recent call last)', 'stack'],
])('%s is a deviation', (_name, status, body, note) => {
  expect(judge(status, body).join('\n')).toContain(note)
})

test('a content type that is not JSON is a deviation', () => {
  expect(judge(400, good, 'text/html')).toEqual(['call: content type "text/html"'])
})
