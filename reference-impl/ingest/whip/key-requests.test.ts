import { expect, test } from 'vitest'
import { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { KeyRequests } from './key-requests.ts'
import { DEFAULT_WHIP_LIMITS } from './limits.ts'

test('one key frame is asked for without need, early in a group by the time of its media', () => {
  const options = { session: 's', protocol: 'whip', remote: 'r', now: 0 } as const
  const keys = new KeyRequests(DEFAULT_WHIP_LIMITS, new IngestRecorder(new IngestLog(), options))
  const due = (sinceKeyMs: number) => keys.due(3_100, 3_100, null, 2_600, sinceKeyMs)
  // Read half a second ago, but 1.1 s old: the next regular one would look like an answer.
  expect(due(1_100)).toBe(false)
  expect(due(300)).toBe(false)
  expect(due(500)).toBe(true)
  expect(due(500)).toBe(false)
})
