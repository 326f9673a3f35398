import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startGroup } from './start-group.ts'
import { startTestIngest, type TestIngest } from './testing/accept-all.ts'

let ingest: TestIngest
beforeEach(async () => {
  ingest = await startTestIngest()
})
afterEach(() => ingest.close())

const to = (...names: string[]) => names.map((streamName) => ({ url: ingest.url, streamName }))

it.each([
  { profile: 'osprey-talon', apartMs: 0 },
  { profile: 'vmix', apartMs: 400 },
])('the renditions of $profile have their key frames $apartMs ms apart', async (expected) => {
  const { profile, apartMs } = expected
  const members = await startGroup({ profile, to: to('ABCDE-HIGH1', 'ABCDE-LOWW2') })
  const keys = () =>
    ingest.published.map(({ frames }) =>
      frames.flatMap(({ track, key, dts }) => (track === 'video' && key ? [dts / 90] : [])),
    )
  while (keys().length < 2 || keys().some(({ length }) => length < 2)) await delay(20)
  await Promise.all(members.map((member) => member.stop()))
  const [first, second] = keys().map((times) => times[0] ?? -1)
  expect(Math.abs((second ?? 0) - (first ?? 0))).toBe(apartMs)
})

it('is not started where one rendition is refused, and leaves nothing behind', async () => {
  ingest.refusal = 'unknown'
  const started = startGroup({ profile: 'osprey-talon', to: to('ABCDE-HIGH1', 'ABCDE-LOWW2') })
  await expect(started).rejects.toMatchObject({ code: 'LP_ENCODER_REFUSED' })
})

it('wants a stream for each rendition, and a profile that has renditions', async () => {
  const invalid = { code: 'LP_PROFILE_INVALID' }
  const one = startGroup({ profile: 'osprey-talon', to: to('ABCDE-HIGH1') })
  await expect(one).rejects.toMatchObject(invalid)
  const none = startGroup({ profile: 'obs-29', to: to('ABCDE-HIGH1', 'ABCDE-LOWW2') })
  await expect(none).rejects.toMatchObject(invalid)
})
