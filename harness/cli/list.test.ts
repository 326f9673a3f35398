import { afterEach, expect, test, vi } from 'vitest'
import { list } from './list.ts'

afterEach(() => vi.restoreAllMocks())

async function printed(...args: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await list().parseAsync(args, { from: 'user' })
  return log.mock.calls.flat().join('\n')
}

test('scenarios are listed with the sentences that are their titles', async () => {
  const title = 'a stream is created, goes live, ends and is deleted'
  expect(await printed('scenarios')).toMatch(new RegExp(`^smoke/stream-life +${title}$`, 'm'))
})

test('as JSON each scenario has its titles in a list', async () => {
  const rows = JSON.parse(await printed('scenarios', '--json')) as { id: string }[]
  expect(rows.find(({ id }) => id === 'delivery/playback-rules')).toMatchObject({
    titles: expect.arrayContaining([
      expect.stringContaining('a live stream: …'),
      expect.stringContaining('glass to glass'),
    ]),
  })
})
