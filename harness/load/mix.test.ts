import { expect, test } from 'vitest'
import { UsageError } from '../errors.ts'
import { nameOfPart, parseMix } from './mix.ts'

test('a mix names formats, regions, links, slow readers and weights', () => {
  expect(
    parseMix('h5live:80,progressive, hls:5 ,h5live@lte:10,h5live~250k:2,hls+us@lte:3'),
  ).toEqual([
    { format: 'h5live', weight: 80 },
    { format: 'progressive', weight: 1 },
    { format: 'hls', weight: 5 },
    { format: 'h5live', weight: 10, link: 'lte' },
    { format: 'h5live', weight: 2, readRate: 31_250 },
    { format: 'hls', weight: 3, region: 'us', link: 'lte' },
  ])
})

test('clients of the API are a part of a mix, over a link too', () => {
  expect(parseMix('h5live:9,api@lte')).toEqual([
    { format: 'h5live', weight: 9 },
    { format: 'api', weight: 1, link: 'lte' },
  ])
})

test('parts have names for the report', () => {
  expect(parseMix('h5live@lte~500k,hls,progressive+eu@lte,api').map(nameOfPart)).toEqual([
    'H5Live over lte, reading 500 kbit/s',
    'LL-HLS',
    'progressive in eu over lte',
    'API',
  ])
})

test.each([
  ...['', 'rtsp', 'h5live:0', 'h5live~0k', 'h5live:80,', 'hls+', `${'hls,'.repeat(16)}hls`],
  ...['api+eu', 'api~500k'],
])('what is no mix is told, and not guessed at: %j', (text) => {
  expect(() => parseMix(text)).toThrow(expect.objectContaining({ code: 'LP_LOAD_MIX' }))
  expect(() => parseMix(text)).toThrow(UsageError)
})
