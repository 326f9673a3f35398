import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Target } from '../../targets/target.ts'
import { SILENCE_MS } from './limits.ts'
import { StateWatch, untrueStates } from './state-watch.ts'

/** A frame each 33 ms from 0 s to 3 s, and again from 18 s to 21 s. */
const arrivals = [0, 18_000].flatMap((from) => Array.from({ length: 91 }, (_, i) => from + i * 33))
const seenAt = (at: number, state: unknown) => ({ asked: at, answered: at + 5, state })
/** What was said each second from the first on. */
const seen = (...states: unknown[]) =>
  states.map((state, second) => seenAt(1_000 + second * 1_000, state))
const live = (seconds: number) => Array.from({ length: seconds }, () => 'live')
const ended = (seconds: number) => Array.from({ length: seconds }, () => 'ended')

test('live while frames arrive, and ended while none do, is true', () => {
  const all = seen(...live(7), ...ended(11), ...live(3))
  expect(untrueStates(all, arrivals, SILENCE_MS.srt)).toEqual([])
})

test('ended in the middle of frames is not true, once the state had its time to follow', () => {
  expect(untrueStates([seenAt(18_500, 'ended')], arrivals, SILENCE_MS.srt)).toEqual([])
  expect(untrueStates([seenAt(19_500, 'ended')], arrivals, SILENCE_MS.srt)).toEqual([
    'the state was "ended" while frames arrived',
  ])
})

test('live is not true any more when its publisher has been silent for too long', () => {
  const stuck = seen(...live(21))
  // 5 s of silence and 3 s of slack after the last frame at 2.97 s, until frames come at 18 s.
  expect(untrueStates(stuck, arrivals, SILENCE_MS.srt)).toEqual(
    [8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0].map(
      (silent) => `the state was "live" ${(silent + 0.03).toFixed(1)} s after the last frame`,
    ),
  )
  expect(untrueStates(stuck, arrivals, SILENCE_MS.rtmp)).toEqual([])
})

test('a publisher that comes again may be silent for as long again', () => {
  const again = seen(...live(5), ...ended(4), ...live(9))
  expect(untrueStates(again, arrivals, SILENCE_MS.srt)).toEqual([])
})

test('a stream that never had a frame is not live for longer either', () => {
  expect(untrueStates(seen(...live(9)), [], SILENCE_MS.srt)).toEqual([])
  expect(untrueStates(seen(...live(10)), [], SILENCE_MS.srt)).toHaveLength(1)
})

test('a stream that was live is never created again', () => {
  expect(untrueStates([seenAt(5_000, 'created')], arrivals, SILENCE_MS.srt)).toEqual([
    'the state was "created"',
  ])
})

let server: Server | undefined
afterEach(() => void server?.close())

test('an API that does not answer for a while has told no state then', async () => {
  let asked = 0
  server = createServer((request, response) => {
    asked += 1
    if (asked === 2) return void request.socket.destroy()
    response.end(JSON.stringify({ state: asked > 2 ? 'ended' : 'live' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const target = { api: `http://127.0.0.1:${port}`, apiKey: 'key' } as Target
  const states = new StateWatch({ target, signal: new AbortController().signal }, 'id')
  expect(await states.shows('ended', 20_000)).toBe(true)
  await states.stop()
  expect(states.seen.slice(0, 3).map(({ state }) => state)).toEqual([
    'live',
    expect.stringMatching(/^no answer/),
    'ended',
  ])
  expect(untrueStates(states.seen, [], SILENCE_MS.srt)).toHaveLength(1)
})
