import { describe, expect, it } from 'vitest'
import { readMediaPlaylist } from '../../viewers/hls-playlist.ts'
import { has } from './blocking-reload.ts'
import { changeFaults, durationFaults } from './playlist.ts'
import { parserComplaint } from './second-reader.ts'

const HEAD = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,HOLD-BACK=6.0
#EXT-X-PART-INF:PART-TARGET=0.5
`

const read = (body: string, head = HEAD) => readMediaPlaylist(head + body, 'http://a.test/m.m3u8')
const notes = (faults: readonly { note: string }[]) => faults.map(({ note }) => note)

describe('Durations', () => {
  it('may be rounded, and the last part of a segment short', () => {
    const text = `#EXT-X-PART:DURATION=0.5,URI="a"
#EXT-X-PART:DURATION=0.1,URI="b"
#EXTINF:2.49,
s0
#EXT-X-PART:DURATION=0.43,URI="c"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="d"
`
    expect(durationFaults(read(text))).toEqual([])
    expect(parserComplaint(HEAD + text.replace('2.49', '0.6'))).toBeNull()
  })

  it('are judged segment by segment and part by part', () => {
    const text = `#EXT-X-PART:DURATION=0.6,URI="a"
#EXT-X-PART:DURATION=0.1,URI="b"
#EXT-X-PART:DURATION=0.5,URI="c"
#EXTINF:2.5,
s0
`
    expect(notes(durationFaults(read(text)))).toEqual([
      'segment 0: EXTINF 2.5 s, target duration 2 s',
      'part 0.0: 0.6 s, PART-TARGET 0.5 s',
      'part 0.1: 0.1 s, below 85 % of 0.5 s',
    ])
    expect(parserComplaint(HEAD + text)).toMatch(/^hls-parser: /)
  })
})

describe('From one playlist to the next', () => {
  const at = (sequence: number, uris: readonly string[], head = HEAD) => ({
    playlist: read(
      `#EXT-X-MEDIA-SEQUENCE:${sequence}\n${uris.map((uri) => `#EXTINF:2,\n${uri}\n`).join('')}`,
      head,
    ),
  })

  it('segments may come and go', () => {
    expect(changeFaults([at(1, ['a', 'b']), at(2, ['b', 'c']), at(2, ['b', 'c'])])).toEqual([])
  })

  it('nothing goes back or changes', () => {
    expect(notes(changeFaults([at(5, ['a']), at(4, ['b'])]))).toEqual(['media sequence 4 after 5'])
    expect(notes(changeFaults([at(5, ['a']), at(5, ['b'])]))[0]).toMatch(
      /^segment 5 was .*a, and is .*b$/,
    )
    const longer = HEAD.replace('TARGETDURATION:2', 'TARGETDURATION:3')
    expect(notes(changeFaults([at(1, ['a']), at(1, ['a'], longer)]))).toEqual([
      'target duration 3 after 2',
    ])
    const counted = (count: number) =>
      at(1, ['a'], `${HEAD}#EXT-X-DISCONTINUITY-SEQUENCE:${count}\n`)
    expect(notes(changeFaults([counted(2), counted(1)]))).toEqual([
      'discontinuity sequence 1 after 2',
    ])
  })
})

it.each([
  [0, null, true],
  [1, null, false],
  [1, 0, true],
  [1, 1, false],
  [2, 0, false],
])('whether a playlist has segment %i, part %s: %s', (msn, part, expected) => {
  const playlist = read('#EXTINF:2,\na\n#EXT-X-PART:DURATION=0.5,URI="p"\n')
  expect(has(playlist, msn, part)).toBe(expected)
  expect(has(read('#EXTINF:2,\na\n#EXT-X-ENDLIST\n'), msn, part)).toBe(true)
})
