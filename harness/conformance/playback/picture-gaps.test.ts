import { describe, expect, it } from 'vitest'
import { pictureGaps } from './picture-gaps.ts'
import { steadyPictures, testRecord } from './test-record.ts'

const FRAME_S = 1 / 30
const pictures = steadyPictures(60, () => 10)

describe('Gaps between pictures', () => {
  it('are none where each comes once and in its turn', () => {
    expect(pictureGaps(testRecord(pictures), FRAME_S)).toEqual([])
  })

  it('are found where one is lost, and where one comes twice', () => {
    const lost = pictures.toSpliced(30, 1)
    expect(pictureGaps(testRecord(lost), FRAME_S)).toEqual([
      '67 ms between two pictures at 1.03 s, expected 33 ms',
    ])
    const twice = pictures.toSpliced(30, 0, pictures[30]!)
    expect(pictureGaps(testRecord(twice), FRAME_S)).toEqual([
      '0 ms between two pictures at 1.00 s, expected 33 ms',
    ])
  })
})
