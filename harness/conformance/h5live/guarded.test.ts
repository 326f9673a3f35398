import { expect, test } from 'vitest'
import { TargetError } from '../../errors.ts'
import type { ProbeContext } from '../probe-context.ts'
import { guarded } from './guarded.ts'
import { join } from './join.ts'

const context = { signal: new AbortController().signal } as ProbeContext

function failing(error: Error) {
  return guarded({
    ...join,
    probe: async () => {
      throw error
    },
  })
}

test('waiting in vain for a target is a breach of its rule', async () => {
  const rule = failing(new TargetError('LP_VIEWER_TIMEOUT', 'no 10 video frames'))
  expect(await rule.probe(context)).toEqual({
    result: 'broken',
    expected: join.title,
    actual: 'no 10 video frames',
  })
})

test('where the media cannot be read nothing that depends on them is judged', async () => {
  const rule = failing(new TargetError('LP_VIEWER_UNREADABLE', 'a moof before any init'))
  expect(await rule.probe(context)).toMatchObject({ result: 'skipped' })
})

test('our own bugs, refused encoders and an aborted run are none', async () => {
  const bug = new TypeError('undefined is not a function')
  await expect(failing(bug).probe(context)).rejects.toBe(bug)
  const refused = new TargetError('LP_OBSERVE', 'no record')
  await expect(failing(refused).probe(context)).rejects.toBe(refused)
  const late = new TargetError('LP_VIEWER_ENDED', 'over')
  const aborted = { signal: AbortSignal.abort() } as ProbeContext
  await expect(failing(late).probe(aborted)).rejects.toBe(late)
})
