// SDP (RFC 8866), as far as WebRTC offers use it, and fragments of it (RFC 8840).
import { WireError } from '../errors.ts'
import { DEFAULT_SDP_LIMITS, type SdpLimits } from './limits.ts'

export interface SdpAttribute {
  readonly name: string
  /** Empty for a property attribute. */
  readonly value: string
}

export interface SdpMedia {
  readonly kind: string
  readonly port: number
  readonly protocol: string
  readonly formats: readonly string[]
  readonly attributes: readonly SdpAttribute[]
}

export interface Sdp {
  readonly attributes: readonly SdpAttribute[]
  readonly media: readonly SdpMedia[]
}

/** A whole description. Throws `LP_SDP`. */
export function parseSdp(text: string, limits: SdpLimits = DEFAULT_SDP_LIMITS): Sdp {
  const lines = linesOf(text, limits)
  if (lines[0]?.text !== 'v=0') throw bad('it does not begin with v=0', 1)
  if (!lines[1]?.text.startsWith('o=')) throw bad('there is no o= line', 2)
  return parseSections(lines, limits)
}

/** A fragment: attributes, and media lines without session part. Throws `LP_SDP`. */
export function parseSdpFragment(text: string, limits: SdpLimits = DEFAULT_SDP_LIMITS): Sdp {
  const lines = linesOf(text, limits)
  for (const { text: line, number } of lines) {
    if (!line.startsWith('a=') && !line.startsWith('m=')) throw bad('not an a= or m= line', number)
  }
  return parseSections(lines, limits)
}

interface Line {
  readonly text: string
  readonly number: number
}

function linesOf(text: string, limits: SdpLimits): Line[] {
  if (text.length > limits.maxBytes) throw new WireError('LP_SDP', 'the description is too long')
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  if (lines.length > limits.maxLines) throw new WireError('LP_SDP', 'too many lines')
  return lines.map((line, i) => {
    if (!/^[a-z]=[^\0\r\n]*$/.test(line)) throw bad('not of the form x=…', i + 1)
    return { text: line, number: i + 1 }
  })
}

function parseSections(lines: readonly Line[], limits: SdpLimits): Sdp {
  const attributes: SdpAttribute[] = []
  const media: (SdpMedia & { attributes: SdpAttribute[] })[] = []
  for (const line of lines) {
    if (line.text.startsWith('m=')) {
      if (media.length >= limits.maxMedia) throw bad('too many media sections', line.number)
      media.push(parseMedia(line))
    } else if (line.text.startsWith('a=')) {
      ;(media.at(-1)?.attributes ?? attributes).push(parseAttribute(line.text))
    }
  }
  return { attributes, media }
}

function parseMedia({ text, number }: Line): SdpMedia & { attributes: SdpAttribute[] } {
  const match = /^m=(\S+) (\d{1,5})(?:\/\d+)? (\S+)((?: \S+)+)$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65_535) throw bad('not a media line', number)
  const [, kind = '', , protocol = '', formats = ''] = match
  return { kind, port, protocol, formats: formats.trim().split(' '), attributes: [] }
}

function parseAttribute(text: string): SdpAttribute {
  const at = text.indexOf(':')
  return at < 0
    ? { name: text.slice(2), value: '' }
    : { name: text.slice(2, at), value: text.slice(at + 1) }
}

function bad(why: string, line: number): WireError {
  return new WireError('LP_SDP', `line ${line}: ${why}`)
}

export function attributeOf(
  part: { readonly attributes: readonly SdpAttribute[] },
  name: string,
): string | undefined {
  return part.attributes.find((attribute) => attribute.name === name)?.value
}

export function attributesOf(
  part: { readonly attributes: readonly SdpAttribute[] },
  name: string,
): string[] {
  return part.attributes
    .filter((attribute) => attribute.name === name)
    .map((attribute) => attribute.value)
}

/** A payload type of a media section, with what is said about it. */
export interface SdpCodec {
  readonly payloadType: number
  /** As written, for example `H264` or `opus`. */
  readonly name: string
  /** Hz */
  readonly clockRate: number
  readonly channels: number
  readonly parameters: Readonly<Record<string, string>>
  /** The `fmtp` value as written; empty without one. */
  readonly fmtp: string
  /** For example `nack pli`. */
  readonly feedback: readonly string[]
}

/** The codecs of a media section in order of preference; formats without `rtpmap` are left out. */
export function codecsOf(media: SdpMedia): SdpCodec[] {
  const maps = byPayloadType(attributesOf(media, 'rtpmap'))
  const fmtps = byPayloadType(attributesOf(media, 'fmtp'))
  const feedback = attributesOf(media, 'rtcp-fb').map(splitOnce)
  const codecs: SdpCodec[] = []
  for (const format of new Set(media.formats)) {
    const map = /^([^/\s]+)\/(\d{1,9})(?:\/(\d{1,2}))?$/.exec(maps.get(format) ?? '')
    const payloadType = Number(format)
    if (!map || !/^\d{1,3}$/.test(format) || payloadType > 127) continue
    const fmtp = fmtps.get(format) ?? ''
    codecs.push({
      payloadType,
      name: map[1] ?? '',
      clockRate: Number(map[2]),
      channels: Number(map[3] ?? 1),
      parameters: parametersOf(fmtp),
      fmtp,
      feedback: feedback.filter(([of]) => of === format || of === '*').map(([, value]) => value),
    })
  }
  return codecs
}

function byPayloadType(values: readonly string[]): Map<string, string> {
  return new Map(values.map(splitOnce))
}

function splitOnce(value: string): [string, string] {
  const at = value.indexOf(' ')
  return at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1).trim()]
}

function parametersOf(fmtp: string): Record<string, string> {
  const parameters = Object.create(null) as Record<string, string>
  for (const part of fmtp.split(';')) {
    const at = part.indexOf('=')
    const name = part.slice(0, at).trim()
    if (at > 0 && /^\S+$/.test(name)) parameters[name.toLowerCase()] = part.slice(at + 1).trim()
  }
  return parameters
}
