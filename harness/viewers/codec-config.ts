import type { Box } from './boxes.ts'
import { FragmentError } from './fragment-error.ts'

export interface CodecConfig {
  readonly codecString: string | null
  readonly config: Uint8Array
}

/** Reads avcC, hvcC, esds or dOps among the boxes of a sample entry. @throws FragmentError */
export function readCodecConfig(
  bytes: Uint8Array,
  sampleEntry: string,
  boxes: readonly Box[],
): CodecConfig {
  const content = (type: string): Uint8Array => {
    const box = boxes.find((candidate) => candidate.type === type)
    if (!box) throw new FragmentError('LP_FRAGMENT_MISSING', `${sampleEntry} without ${type}`)
    return bytes.slice(box.body, box.end)
  }
  switch (sampleEntry) {
    case 'avc1':
    case 'avc3':
      return avc(sampleEntry, content('avcC'))
    case 'hvc1':
    case 'hev1':
      return hevc(sampleEntry, content('hvcC'))
    case 'mp4a':
      return mpeg4Audio(content('esds'))
    case 'Opus': {
      const config = content('dOps')
      if (config.length < 11) throw tooShort('dOps', config)
      return { codecString: 'opus', config }
    }
    default:
      return { codecString: null, config: new Uint8Array(0) }
  }
}

/** ISO/IEC 14496-15 §5.3.3.1.2; string by RFC 6381 §3.3: profile, constraints, level in hex. */
function avc(sampleEntry: string, config: Uint8Array): CodecConfig {
  if (config.length < 7) throw tooShort('avcC', config)
  if (config[0] !== 1) throw new FragmentError('LP_FRAGMENT_CONFIG', `avcC version ${config[0]}`)
  return { codecString: `${sampleEntry}.${hex(config.subarray(1, 4))}`, config }
}

/** ISO/IEC 14496-15 §8.3.3.1.2 and Annex E.3. */
function hevc(sampleEntry: string, config: Uint8Array): CodecConfig {
  if (config.length < 23) throw tooShort('hvcC', config)
  const [, profileByte = 0, c0 = 0, c1 = 0, c2 = 0, c3 = 0] = config
  const space = ['', 'A', 'B', 'C'][profileByte >> 6] ?? ''
  const tier = profileByte & 0x20 ? 'H' : 'L'
  const flags = ((c0 << 24) | (c1 << 16) | (c2 << 8) | c3) >>> 0
  let reversed = 0
  for (let bit = 0; bit < 32; bit++) if (flags & (1 << bit)) reversed |= 1 << (31 - bit)
  const constraints = [...config.subarray(6, 12)]
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop()
  const parts = [
    `${sampleEntry}.${space}${profileByte & 0x1f}`,
    (reversed >>> 0).toString(16).toUpperCase(),
    `${tier}${config[12]}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ]
  return { codecString: parts.join('.'), config }
}

const ES_DESCRIPTOR = 3
const DECODER_CONFIG = 4
const DECODER_SPECIFIC_INFO = 5
/** ISO/IEC 14496-1 object type of AAC. */
const MPEG4_AUDIO = 0x40

/** ISO/IEC 14496-1 §7.2.6 inside 14496-14 §5.6.1: descriptors within descriptors. */
function mpeg4Audio(esds: Uint8Array): CodecConfig {
  const es = descriptor(esds, 4, ES_DESCRIPTOR)
  if (es.end - es.body < 3) throw tooShort('esds', esds)
  const flags = esds[es.body + 2]!
  let at = es.body + 3
  if (flags & 0x80) at += 2
  if (flags & 0x40) at += 1 + (esds[at] ?? 0)
  if (flags & 0x20) at += 2
  const decoder = descriptor(esds, at, DECODER_CONFIG)
  if (decoder.end - decoder.body < 13) throw tooShort('esds', esds)
  const objectType = esds[decoder.body]!
  const info = descriptor(esds, decoder.body + 13, DECODER_SPECIFIC_INFO)
  const config = esds.slice(info.body, info.end)
  const type = `mp4a.${objectType.toString(16).padStart(2, '0')}`
  if (objectType !== MPEG4_AUDIO) return { codecString: type, config }
  if (config.length < 2) throw tooShort('AudioSpecificConfig', config)
  return { codecString: `${type}.${audioObjectType(config)}`, config }
}

/** ISO/IEC 14496-3 §1.6.2.1: five bits, and six more when those are 31. */
function audioObjectType(config: Uint8Array): number {
  const first = config[0]! >> 3
  return first < 31 ? first : 32 + (((config[0]! & 7) << 3) | (config[1]! >> 5))
}

function descriptor(bytes: Uint8Array, at: number, tag: number): { body: number; end: number } {
  if (bytes[at] !== tag) {
    throw new FragmentError('LP_FRAGMENT_CONFIG', `esds: tag ${bytes[at] ?? 'none'}, not ${tag}`)
  }
  let size = 0
  let body = at + 1
  for (let count = 0; count < 4; count++) {
    const byte = bytes[body++]
    if (byte === undefined) throw tooShort('esds', bytes)
    size = (size << 7) | (byte & 0x7f)
    if ((byte & 0x80) === 0) break
  }
  if (body + size > bytes.length) throw tooShort('esds', bytes)
  return { body, end: body + size }
}

function tooShort(what: string, bytes: Uint8Array): FragmentError {
  return new FragmentError('LP_FRAGMENT_CONFIG', `${what} too short: ${hex(bytes.subarray(0, 32))}`)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
