import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TargetError } from '../errors.ts'
import { readMediaPlaylist, readVariants } from './hls-playlist.ts'
import { HlsPosition } from './hls-position.ts'

const URL = 'http://a.test/live/media.m3u8?token=1'

const LOW_LATENCY = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.0
#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="map-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.500Z
#EXTINF:2.0,a title, with a comma
one.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="map-1.mp4"
#EXT-X-PART:DURATION=0.5,URI="a.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.5,URI="/b,c.m4s"
#EXTINF:1.0,
two.m4s
#EXT-X-PART:DURATION=0.5,URI="d.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e.m4s"
`

describe('Our reader of playlists', () => {
  it('reads what a low-latency playlist says', () => {
    const playlist = readMediaPlaylist(LOW_LATENCY, URL)
    expect(playlist).toMatchObject({
      version: 9,
      targetDuration: 2,
      mediaSequence: 7,
      discontinuitySequence: 3,
      independentSegments: true,
      endlist: false,
      skipped: 0,
      partTarget: 0.5,
      canBlockReload: true,
      canSkipUntil: 12,
      holdBack: 6,
      partHoldBack: 1,
      hint: 'http://a.test/live/e.m4s',
      segments: [
        {
          msn: 7,
          uri: 'http://a.test/live/one.m4s',
          duration: 2,
          dateTime: Date.UTC(2024, 0, 1, 0, 0, 0, 500),
          discontinuity: false,
          map: 'http://a.test/live/map-0.mp4',
          parts: [],
        },
        {
          msn: 8,
          dateTime: null,
          discontinuity: true,
          map: 'http://a.test/live/map-1.mp4',
          parts: [
            { uri: 'http://a.test/live/a.m4s', duration: 0.5, independent: true },
            { uri: 'http://a.test/b,c.m4s', duration: 0.5, independent: false },
          ],
        },
      ],
      open: { msn: 9, uri: null, duration: null, parts: [{ duration: 0.5 }] },
    })
  })

  it('counts what a delta update leaves out', () => {
    const text = LOW_LATENCY.replace('#EXT-X-MAP:URI="map-0.mp4"', '#EXT-X-SKIP:SKIPPED-SEGMENTS=5')
    const { skipped, segments } = readMediaPlaylist(text, URL)
    expect(skipped).toBe(5)
    expect(segments.map(({ msn }) => msn)).toEqual([12, 13])
    expect(segments[0]?.map).toBeNull()
  })

  it('reads variants, and none where there are none', () => {
    const text =
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS="avc1.42c01f,mp4a.40.2"\nm.m3u8\n'
    expect(readVariants(text, URL)).toEqual([
      { uri: 'http://a.test/live/m.m3u8', bandwidth: 1000, codecs: 'avc1.42c01f,mp4a.40.2' },
    ])
    expect(readVariants(LOW_LATENCY, URL)).toEqual([])
  })

  it.each([
    ['no header', 'hello'],
    ['no target duration', '#EXTM3U\n#EXTINF:1,\na.m4s'],
    ['a segment without a duration', '#EXTM3U\n#EXT-X-TARGETDURATION:1\na.m4s'],
    ['a negative duration', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:-1,\na.m4s'],
    ['a date that is none', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-PROGRAM-DATE-TIME:today'],
    ['a part without an address', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-PART:DURATION=1'],
    ['a sequence number that is none', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:x'],
  ])('refuses %s', (_what, text) => {
    expect(() => readMediaPlaylist(text, URL)).toThrow(
      expect.objectContaining({ code: 'LP_PLAYLIST' }),
    )
  })

  it('reads or refuses whatever comes', () => {
    const line = fc.oneof(
      fc.constantFrom(...LOW_LATENCY.split('\n')),
      fc.constantFrom('#EXTINF:', '#EXT-X-SKIP:SKIPPED-SEGMENTS=x', '#EXT-X-PART:URI="'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        for (const text of [`#EXTM3U\n${lines.join('\n')}`, lines.join('\r\n')]) {
          try {
            readMediaPlaylist(text, URL)
            readVariants(text, URL)
          } catch (error) {
            expect(error).toBeInstanceOf(TargetError)
          }
        }
      }),
    )
  })
})

describe('Where a viewer stands', () => {
  it('is a key frame no nearer to the end than the hold-back', () => {
    const playlist = readMediaPlaylist(LOW_LATENCY, URL)
    const position = new HlsPosition(playlist, true)
    expect(position.next(playlist).map(({ uri }) => uri.split('/').at(-1))).toEqual([
      'a.m4s',
      'b,c.m4s',
      'd.m4s',
    ])
    expect(position.directives(playlist)).toBe('_HLS_msn=9&_HLS_part=1&_HLS_skip=YES')
    expect(position.next(playlist)).toEqual([])
  })

  it('is the first segment where the playlist is shorter than the hold-back', () => {
    const playlist = readMediaPlaylist(LOW_LATENCY, URL)
    const position = new HlsPosition(playlist, false)
    expect(position.next(playlist)).toEqual([
      { uri: 'http://a.test/live/one.m4s', map: 'http://a.test/live/map-0.mp4' },
      { uri: 'http://a.test/live/two.m4s', map: 'http://a.test/live/map-1.mp4' },
    ])
  })

  it('goes on with what is new, and takes the rest of a segment once it is whole', () => {
    const before = readMediaPlaylist(LOW_LATENCY, URL)
    const position = new HlsPosition(before, true)
    position.next(before)
    const whole = LOW_LATENCY.replace(
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e.m4s"',
      '#EXT-X-PART:DURATION=0.5,URI="e.m4s"\n#EXTINF:1.0,\nthree.m4s\n#EXT-X-PART:DURATION=0.5,URI="f.m4s"',
    )
    const after = readMediaPlaylist(whole, URL)
    expect(position.next(after).map(({ uri }) => uri.split('/').at(-1))).toEqual(['e.m4s', 'f.m4s'])
    expect(position.directives(after)).toContain('_HLS_msn=10&_HLS_part=1')
  })
})
