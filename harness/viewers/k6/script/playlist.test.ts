import { expect, test } from 'vitest'
import { firstVariant, nextWanted, readPlaylist } from './playlist.ts'

const media = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-PART:DURATION=0.3,URI="7.0.mp4",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.3,URI="7.1.mp4"
#EXTINF:0.6,
7.mp4
#EXT-X-PART:DURATION=0.3,URI="8.0.mp4",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="8.1.mp4"
`

test('parts are read, and the one that comes next is asked for', () => {
  const playlist = readPlaylist(media)
  expect(playlist.parts).toEqual([
    { uri: '7.0.mp4', independent: true },
    { uri: '7.1.mp4', independent: false },
    { uri: '8.0.mp4', independent: true },
  ])
  expect(nextWanted(playlist)).toBe('?_HLS_msn=8&_HLS_part=1')
})

test('segments that a delta update skips count', () => {
  const delta = media.replace('#EXTINF', '#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXTINF')
  expect(readPlaylist(delta).nextSegment).toBe(11)
})

test('a multivariant playlist leads to its first variant, a media playlist to none', () => {
  expect(
    firstVariant('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-NOTE\nlow/index.m3u8\n'),
  ).toBe('low/index.m3u8')
  expect(firstVariant(media)).toBeNull()
  expect(firstVariant('')).toBeNull()
})
