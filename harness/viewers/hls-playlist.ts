// RFC 8216 and its second edition's low-latency part, read with our own eyes.
import { TargetError } from '../errors.ts'
import { MAX_PLAYLIST_LINES } from './limits.ts'

export interface PlaylistPart {
  readonly uri: string
  /** s */
  readonly duration: number
  readonly independent: boolean
}

export interface PlaylistSegment {
  readonly msn: number
  /** Absent for the segment in the making. */
  readonly uri: string | null
  /** s; null for the segment in the making. */
  readonly duration: number | null
  readonly parts: readonly PlaylistPart[]
  readonly discontinuity: boolean
  /** URI of its EXT-X-MAP; null where none was seen (in a delta update it may be known before). */
  readonly map: string | null
  /** ms since 1970 as its own EXT-X-PROGRAM-DATE-TIME says, or null. */
  readonly dateTime: number | null
}

export interface MediaPlaylist {
  readonly version: number
  /** s */
  readonly targetDuration: number
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly independentSegments: boolean
  readonly endlist: boolean
  /** Segments that a delta update leaves out. */
  readonly skipped: number
  /** s, or null where the tag or attribute is missing */
  readonly partTarget: number | null
  readonly canBlockReload: boolean
  readonly canSkipUntil: number | null
  readonly holdBack: number | null
  readonly partHoldBack: number | null
  /** Whole segments, oldest first. */
  readonly segments: readonly PlaylistSegment[]
  /** Parts after the last whole segment. */
  readonly open: PlaylistSegment | null
  /** URI of the part that is to come. */
  readonly hint: string | null
}

interface Draft {
  parts: PlaylistPart[]
  discontinuity: boolean
  dateTime: number | null
  duration: number | null
}

const emptyDraft = (): Draft => ({
  parts: [],
  discontinuity: false,
  dateTime: null,
  duration: null,
})

/** URIs come out absolute. @throws TargetError `LP_PLAYLIST` for what is no media playlist */
export function readMediaPlaylist(text: string, url: string): MediaPlaylist {
  const lines = linesOf(text)
  const header = new Map<string, string>()
  const segments: PlaylistSegment[] = []
  let draft = emptyDraft()
  let map: string | null = null
  let hint: string | null = null
  const absolute = (uri: string | undefined) => {
    const parsed = uri === undefined ? null : URL.parse(uri, url)
    if (!parsed) throw broken(`no URI: ${uri ?? 'missing'}`)
    return parsed.href
  }
  const finish = (uri: string | null): PlaylistSegment => {
    const before = numberOf(header, 'EXT-X-MEDIA-SEQUENCE', 0) + skippedOf(header)
    const segment = { msn: before + segments.length, uri, map, ...draft }
    draft = emptyDraft()
    return segment
  }
  for (const line of lines.slice(1)) {
    if (!line.startsWith('#')) {
      if (draft.duration === null) throw broken(`a segment without EXTINF: ${line}`)
      segments.push(finish(absolute(line)))
      continue
    }
    const [, tag = '', value = ''] = /^#([A-Z0-9-]+):?(.*)$/.exec(line) ?? []
    switch (tag) {
      case 'EXTINF':
        draft.duration = decimal(value.split(',')[0] ?? '', tag)
        break
      case 'EXT-X-DISCONTINUITY':
        draft.discontinuity = true
        break
      case 'EXT-X-PROGRAM-DATE-TIME':
        draft.dateTime = dateOf(value)
        break
      case 'EXT-X-MAP':
        map = absolute(attributesOf(value).get('URI'))
        break
      case 'EXT-X-PART': {
        const attributes = attributesOf(value)
        draft.parts.push({
          uri: absolute(attributes.get('URI')),
          duration: decimal(attributes.get('DURATION') ?? '', tag),
          independent: attributes.get('INDEPENDENT') === 'YES',
        })
        break
      }
      case 'EXT-X-PRELOAD-HINT':
        if (attributesOf(value).get('TYPE') === 'PART')
          hint = absolute(attributesOf(value).get('URI'))
        break
      default:
        if (tag !== '') header.set(tag, value)
    }
  }
  const control = attributesOf(header.get('EXT-X-SERVER-CONTROL') ?? '')
  const partInf = attributesOf(header.get('EXT-X-PART-INF') ?? '')
  if (!header.has('EXT-X-TARGETDURATION')) throw broken('no EXT-X-TARGETDURATION')
  return {
    version: numberOf(header, 'EXT-X-VERSION', 1),
    targetDuration: numberOf(header, 'EXT-X-TARGETDURATION', 0),
    mediaSequence: numberOf(header, 'EXT-X-MEDIA-SEQUENCE', 0),
    discontinuitySequence: numberOf(header, 'EXT-X-DISCONTINUITY-SEQUENCE', 0),
    independentSegments: header.has('EXT-X-INDEPENDENT-SEGMENTS'),
    endlist: header.has('EXT-X-ENDLIST'),
    skipped: skippedOf(header),
    partTarget: optional(partInf, 'PART-TARGET'),
    canBlockReload: control.get('CAN-BLOCK-RELOAD') === 'YES',
    canSkipUntil: optional(control, 'CAN-SKIP-UNTIL'),
    holdBack: optional(control, 'HOLD-BACK'),
    partHoldBack: optional(control, 'PART-HOLD-BACK'),
    segments,
    open: draft.parts.length > 0 ? finish(null) : null,
    hint,
  }
}

export interface PlaylistVariant {
  readonly uri: string
  readonly bandwidth: number
  readonly codecs: string | null
}

/** The variants of a multivariant playlist; empty for a media playlist. @throws TargetError */
export function readVariants(text: string, url: string): PlaylistVariant[] {
  const lines = linesOf(text)
  return lines.flatMap((line, index) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return []
    const attributes = attributesOf(line.slice(line.indexOf(':') + 1))
    const uri = lines.slice(index + 1).find((other) => !other.startsWith('#'))
    const parsed = uri === undefined ? null : URL.parse(uri, url)
    if (!parsed) throw broken('EXT-X-STREAM-INF without a URI')
    return [
      {
        uri: parsed.href,
        bandwidth: decimal(attributes.get('BANDWIDTH') ?? '', 'EXT-X-STREAM-INF'),
        codecs: attributes.get('CODECS') ?? null,
      },
    ]
  })
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (lines[0] !== '#EXTM3U') throw broken(`does not begin with #EXTM3U: ${lines[0]?.slice(0, 40)}`)
  if (lines.length > MAX_PLAYLIST_LINES) throw broken(`${lines.length} lines`)
  return lines
}

/** RFC 8216 §4.2 */
function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name, quoted, plain] of text.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))/g)) {
    attributes.set(name!, quoted ?? plain ?? '')
  }
  return attributes
}

function decimal(text: string, tag: string): number {
  if (!/^\d+(\.\d*)?$/.test(text)) throw broken(`${tag}: no number: ${text.slice(0, 40)}`)
  return Number(text)
}

function numberOf(header: ReadonlyMap<string, string>, tag: string, otherwise: number): number {
  const text = header.get(tag)
  if (text === undefined) return otherwise
  if (!/^\d{1,15}$/.test(text)) throw broken(`${tag}: no integer: ${text.slice(0, 40)}`)
  return Number(text)
}

function optional(attributes: ReadonlyMap<string, string>, name: string): number | null {
  const text = attributes.get(name)
  return text === undefined ? null : decimal(text, name)
}

function skippedOf(header: ReadonlyMap<string, string>): number {
  const text = attributesOf(header.get('EXT-X-SKIP') ?? '').get('SKIPPED-SEGMENTS')
  return text === undefined ? 0 : decimal(text, 'EXT-X-SKIP')
}

function dateOf(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw broken(`EXT-X-PROGRAM-DATE-TIME: ${text.slice(0, 40)}`)
  return ms
}

function broken(message: string): TargetError {
  return new TargetError('LP_PLAYLIST', `not a playlist as RFC 8216 has it: ${message}`)
}
