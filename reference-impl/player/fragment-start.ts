// ISO/IEC 14496-12: just enough to know where a fragment stands. `docs/h5live-protocol.md`: track 1
// is video, in units of 1/90000 s.
const VIDEO_TRACK = 1
const TIMESCALE = 90_000
const NON_SYNC = 0x10000
const TRUN = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
} as const

export interface FragmentStart {
  /** s, decode time of its first picture */
  readonly time: number
  readonly key: boolean
}

/** Where the pictures of a fragment begin; undefined for what has none, or is no fragment. */
export function fragmentStart(bytes: ArrayBuffer): FragmentStart | undefined {
  const view = new DataView(bytes)
  if (view.byteLength < 8 || typeAt(view, 0) !== 'moof') return undefined
  for (const traf of boxes(view, 8, view.getUint32(0))) {
    if (traf.type !== 'traf') continue
    const inner = [...boxes(view, traf.from + 8, traf.until)]
    const find = (type: string) => inner.find((box) => box.type === type)
    const [tfhd, tfdt, trun] = [find('tfhd'), find('tfdt'), find('trun')]
    if (tfhd === undefined || tfdt === undefined || trun === undefined) continue
    if (view.getUint32(tfhd.from + 12) !== VIDEO_TRACK) continue
    return { time: timeOf(view, tfdt.from) / TIMESCALE, key: startsWithKey(view, trun.from) }
  }
  return undefined
}

/** Whether a message is an initialisation segment. */
export function isInit(bytes: ArrayBuffer): boolean {
  return bytes.byteLength >= 8 && typeAt(new DataView(bytes), 0) === 'ftyp'
}

function timeOf(view: DataView, tfdt: number): number {
  const wide = view.getUint8(tfdt + 8) === 1
  return wide ? Number(view.getBigUint64(tfdt + 12)) : view.getUint32(tfdt + 12)
}

function startsWithKey(view: DataView, trun: number): boolean {
  const present = view.getUint32(trun + 8) & 0xffffff
  let at = trun + 16
  if (present & TRUN.dataOffset) at += 4
  if (present & TRUN.firstFlags) return (view.getUint32(at) & NON_SYNC) === 0
  if (present & TRUN.duration) at += 4
  if (present & TRUN.size) at += 4
  return (present & TRUN.flags) !== 0 && (view.getUint32(at) & NON_SYNC) === 0
}

function* boxes(view: DataView, from: number, until: number) {
  let at = from
  while (at + 8 <= Math.min(until, view.byteLength)) {
    const size = view.getUint32(at)
    if (size < 8 || at + size > view.byteLength) return
    yield { type: typeAt(view, at), from: at, until: at + size }
    at += size
  }
}

function typeAt(view: DataView, box: number): string {
  return String.fromCharCode(...[4, 5, 6, 7].map((at) => view.getUint8(box + at)))
}
