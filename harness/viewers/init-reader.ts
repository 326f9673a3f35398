import { type Box, boxAt, boxesIn, need, u16, u32 } from './boxes.ts'
import { readCodecConfig } from './codec-config.ts'
import { FragmentError } from './fragment-error.ts'
import { MAX_HEADER_BYTES, MAX_TRACKS } from './limits.ts'

/** One track of an init segment (ISO/IEC 14496-12 §8.3, -14, -15). */
export interface InitTrack {
  readonly id: number
  readonly kind: 'video' | 'audio' | 'other'
  /** Ticks per second of this track's times. */
  readonly timescale: number
  /** Type of the sample entry: avc1, avc3, hvc1, mp4a, Opus, … */
  readonly sampleEntry: string
  /** RFC 6381, made from the configuration; null for sample entries that we do not know. */
  readonly codecString: string | null
  /** Content of avcC or hvcC, the AudioSpecificConfig out of esds, or the content of dOps. */
  readonly config: Uint8Array
  /** Pixels as the sample entry says; 0 for audio. */
  readonly width: number
  readonly height: number
  /** Hz and channels as the sample entry says; 0 for video. */
  readonly sampleRate: number
  readonly channels: number
  /** Defaults out of trex (§8.8.3). */
  readonly defaults: { readonly duration: number; readonly size: number; readonly flags: number }
}

export interface InitFacts {
  readonly majorBrand: string
  readonly brands: readonly string[]
  readonly tracks: readonly InitTrack[]
}

type Defaults = InitTrack['defaults']

/**
 * Reads `ftyp` and `moov` of a fragmented MP4. @throws FragmentError for anything that is not one,
 * `LP_FRAGMENT_MISSING` when a mandatory box (or mvex, so: not fragmented) is absent
 */
export function readInit(bytes: Uint8Array): InitFacts {
  if (bytes.length > MAX_HEADER_BYTES) {
    throw new FragmentError('LP_FRAGMENT_LIMIT', `init segment of ${bytes.length} bytes`)
  }
  const top = [...boxesIn(bytes, 0, bytes.length)]
  const ftyp = only(top, 'ftyp')
  const moov = only(top, 'moov')
  need(ftyp, ftyp.body, 8)
  const ascii = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  const brands: string[] = []
  for (let at = ftyp.body + 8; at + 4 <= ftyp.end; at += 4) brands.push(ascii(at))

  const inMoov = [...boxesIn(bytes, moov.body, moov.end)]
  const mvex = only(inMoov, 'mvex')
  const defaults = readDefaults(bytes, mvex)
  const traks = inMoov.filter((box) => box.type === 'trak')
  if (traks.length === 0) throw new FragmentError('LP_FRAGMENT_MISSING', 'moov without a trak')
  if (traks.length > MAX_TRACKS) {
    throw new FragmentError('LP_FRAGMENT_LIMIT', `${traks.length} tracks`)
  }
  const tracks = traks.map((trak) => readTrack(bytes, trak, defaults))
  if (new Set(tracks.map((track) => track.id)).size !== tracks.length) {
    throw new FragmentError('LP_FRAGMENT_DUPLICATE', 'two tracks with one id')
  }
  return { majorBrand: ascii(ftyp.body), brands, tracks }
}

function readDefaults(bytes: Uint8Array, mvex: Box): Map<number, Defaults> {
  const defaults = new Map<number, Defaults>()
  for (const trex of boxesIn(bytes, mvex.body, mvex.end)) {
    if (trex.type !== 'trex') continue
    need(trex, trex.body, 24)
    defaults.set(u32(bytes, trex.body + 4), {
      duration: u32(bytes, trex.body + 12),
      size: u32(bytes, trex.body + 16),
      flags: u32(bytes, trex.body + 20),
    })
    if (defaults.size > MAX_TRACKS) {
      throw new FragmentError('LP_FRAGMENT_LIMIT', `more than ${MAX_TRACKS} trex boxes`)
    }
  }
  return defaults
}

function readTrack(bytes: Uint8Array, trak: Box, defaults: Map<number, Defaults>): InitTrack {
  const inTrak = [...boxesIn(bytes, trak.body, trak.end)]
  const tkhd = only(inTrak, 'tkhd')
  need(tkhd, tkhd.body, 4)
  const idAt = tkhd.body + (bytes[tkhd.body] === 1 ? 20 : 12)
  need(tkhd, idAt, 4)
  const id = u32(bytes, idAt)

  const mdia = only(inTrak, 'mdia')
  const inMdia = [...boxesIn(bytes, mdia.body, mdia.end)]
  const mdhd = only(inMdia, 'mdhd')
  need(mdhd, mdhd.body, 4)
  const timescaleAt = mdhd.body + (bytes[mdhd.body] === 1 ? 20 : 12)
  need(mdhd, timescaleAt, 4)
  const timescale = u32(bytes, timescaleAt)
  if (timescale === 0) throw new FragmentError('LP_FRAGMENT_TIME', `track ${id}: timescale 0`)

  const hdlr = only(inMdia, 'hdlr')
  need(hdlr, hdlr.body, 12)
  const handler = String.fromCharCode(...bytes.subarray(hdlr.body + 8, hdlr.body + 12))
  const kind = handler === 'vide' ? 'video' : handler === 'soun' ? 'audio' : 'other'

  const minf = only(inMdia, 'minf')
  const stbl = only([...boxesIn(bytes, minf.body, minf.end)], 'stbl')
  const stsd = only([...boxesIn(bytes, stbl.body, stbl.end)], 'stsd')
  need(stsd, stsd.body, 8)
  const trackDefaults = defaults.get(id)
  if (!trackDefaults) throw new FragmentError('LP_FRAGMENT_MISSING', `no trex for track ${id}`)
  const entry = boxAt(bytes, stsd.body + 8, stsd.end)
  return { id, kind, timescale, ...readSampleEntry(bytes, entry, kind), defaults: trackDefaults }
}

/** Bytes of a sample entry before its own boxes (§12.1.3 and §12.2.3). */
const VISUAL_HEAD = 78
const AUDIO_HEAD = 28

function readSampleEntry(bytes: Uint8Array, entry: Box, kind: InitTrack['kind']) {
  const none = { width: 0, height: 0, sampleRate: 0, channels: 0 }
  if (kind === 'other') {
    const config = bytes.subarray(entry.body, entry.body)
    return { sampleEntry: entry.type, codecString: null, config, ...none }
  }
  const head = kind === 'video' ? VISUAL_HEAD : AUDIO_HEAD
  need(entry, entry.body, head)
  const shape =
    kind === 'video'
      ? { ...none, width: u16(bytes, entry.body + 24), height: u16(bytes, entry.body + 26) }
      : {
          ...none,
          channels: u16(bytes, entry.body + 16),
          sampleRate: u16(bytes, entry.body + 24),
        }
  const inside = [...boxesIn(bytes, entry.body + head, entry.end)]
  return { sampleEntry: entry.type, ...readCodecConfig(bytes, entry.type, inside), ...shape }
}

function only(boxes: readonly Box[], type: string): Box {
  const found = boxes.filter((box) => box.type === type)
  const [first, second] = found
  if (!first) throw new FragmentError('LP_FRAGMENT_MISSING', `no ${type}`)
  if (second) throw new FragmentError('LP_FRAGMENT_DUPLICATE', `${found.length} ${type} boxes`)
  return first
}
