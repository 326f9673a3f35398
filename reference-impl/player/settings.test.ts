import { expect, it } from 'vitest'
import { defaultBuffer, settingsOf } from './settings.ts'

const PLAY = 'rtmp://127.0.0.1:1935/play'

it('asks the server that the page came from, with the parameters of H5Live', () => {
  const settings = settingsOf(new URL('http://h:8080/player/?stream=AAAAA-BBBBB'), PLAY)
  const url = new URL(settings.entries[0]!.url)
  expect(url.origin + url.pathname).toBe('ws://h:8080/h5live/stream.mp4')
  expect(url.searchParams.get('stream')).toBe('AAAAA-BBBBB')
  expect(url.searchParams.get('url')).toBe(PLAY)
  expect(url.searchParams.get('cid')).toMatch(/^\d{6}$/)
  expect(url.searchParams.get('pid')).toMatch(/^\d{11}$/)
  expect(settings.buffer).toEqual(defaultBuffer)
  expect(settings.latencyMode).toBe('balancedadaptive')
})

it('takes another server and other numbers from the address', () => {
  const page =
    'https://h/player/?stream=A&ws=wss%3A%2F%2Fother%2Fh5live%2Fstream&buffer.target=0.4&buffer.max=x&playback.latencyControlMode=classic'
  const settings = settingsOf(new URL(page), PLAY)
  expect(settings.entries[0]!.url).toContain('wss://other/h5live/stream?stream=A')
  expect(new URL(settings.entries[0]!.url).searchParams.has('url')).toBe(false)
  expect(settings.buffer).toEqual({ ...defaultBuffer, target: 0.4 })
  expect(settings.latencyMode).toBe('classic')
})

it('goes to the server that its page names, and knows the way home', () => {
  const page = new URL('http://h/player/?stream=A')
  const near = settingsOf(page, PLAY, '', 'ws://edge/h5live/stream.mp4')
  expect(near.entries[0]!.url).toContain('ws://edge/h5live/stream.mp4?stream=A')
  expect(near.router).toEqual({ url: 'http://h/h5live/server', home: 'ws://h/h5live/stream.mp4' })
  page.searchParams.set('ws', 'ws://other/')
  const named = settingsOf(page, PLAY, '', 'ws://edge/h5live/stream.mp4')
  expect(named.entries[0]!.url).toContain('ws://other/?stream=A')
  expect(named.router).toBeNull()
})

it('takes several bitrates from the address, the best first', () => {
  const page = 'http://h/player/?entry.rtmp.streamname=A-1&entry2.rtmp.streamname=A-2&stream=A-9'
  const { entries } = settingsOf(new URL(page), PLAY)
  expect(entries.map(({ index, stream }) => [index, stream])).toEqual([
    [0, 'A-1'],
    [1, 'A-2'],
  ])
  expect(entries[1]!.url).toContain('stream=A-2')
})
