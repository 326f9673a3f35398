/** Boxes of an MP4 as plain data, for tests: only what the packager writes is understood. */
export interface Box {
  readonly type: string
  /** Where the body starts in `bytes`. */
  readonly start: number
  readonly end: number
}

export function boxesOf(bytes: Buffer, start = 0, end = bytes.length): Box[] {
  const boxes: Box[] = []
  let at = start
  while (at < end) {
    const size = bytes.readUInt32BE(at)
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at + 8, end: at + size })
    at += size
  }
  return boxes
}

export interface ReadSample {
  readonly size: number
  readonly duration: number
  readonly compositionOffset: number
  readonly key: boolean
}

export interface ReadTrack {
  readonly id: number
  readonly decodeTime: number
  readonly samples: readonly ReadSample[]
}

/** Sequence number and tracks of one fragment. */
export function readFragment(bytes: Buffer): { sequence: number; tracks: readonly ReadTrack[] } {
  const [moof] = boxesOf(bytes)
  if (moof?.type !== 'moof') throw new TypeError('not a fragment')
  const inside = boxesOf(bytes, moof.start, moof.end)
  const [mfhd] = inside
  const tracks = inside
    .filter((box) => box.type === 'traf')
    .map((traf) => {
      const [tfhd, tfdt, trun] = boxesOf(bytes, traf.start, traf.end)
      const count = bytes.readUInt32BE(trun!.start + 4)
      const samples = Array.from({ length: count }, (_, index) => {
        const at = trun!.start + 12 + index * 16
        return {
          duration: bytes.readUInt32BE(at),
          size: bytes.readUInt32BE(at + 4),
          key: (bytes.readUInt32BE(at + 8) & 0x10000) === 0,
          compositionOffset: bytes.readInt32BE(at + 12),
        }
      })
      return {
        id: bytes.readUInt32BE(tfhd!.start + 4),
        decodeTime: Number(bytes.readBigUInt64BE(tfdt!.start + 4)),
        samples,
      }
    })
  return { sequence: bytes.readUInt32BE(mfhd!.start + 4), tracks }
}
