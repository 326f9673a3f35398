import type { EncoderEvidence, IngestRecord, IngestTrack } from '../conformance/ingest-record.ts'
import { commandsOf } from '../conformance/rtmp-client/command-events.ts'

/** One thing that the device said or did, and where that was read. */
export interface DeviceFact {
  readonly name: string
  readonly value: string
  readonly from: string
}

/** What the encoder is, as far as the wire tells. */
export interface Device {
  /** Best guess; `an unknown encoder` where nothing tells. */
  readonly name: string
  readonly version: string | null
  readonly facts: readonly DeviceFact[]
}

const MAX_VALUE = 300

/** How products call themselves. Longer names first: OBS uses ffmpeg's libraries, too. */
const PRODUCTS: readonly { name: string; pattern: RegExp }[] = [
  { name: 'OBS Studio', pattern: /libobs version ([\w.+-]+)|OBS-Studio\/([\w.]+)/i },
  { name: 'vMix', pattern: /vMix[ /]?([\d.]+)?/i },
  { name: 'Wirecast', pattern: /Wirecast[ /]?([\d.]+)?/i },
  { name: 'Osprey', pattern: /Osprey[ /]?(?:Talon )?([\d.]+)?/i },
  { name: 'GStreamer', pattern: /GStreamer[ /]?(?:FLV muxer )?([\d.]+)?/i },
  { name: 'ffmpeg, libavformat', pattern: /Lavf([\d.]+)/ },
  { name: 'Chromium', pattern: /Chrom(?:e|ium)\/([\d.]+)/ },
]

export function deviceOf({ sessions }: EncoderEvidence): Device {
  const told = sessions.find(({ frames }) => frames.at.length > 0) ?? sessions[0]
  const facts = told ? [...identityOf(told), ...settingsOf(told), ...mediaOf(told)] : []
  for (const { name, pattern } of PRODUCTS) {
    const match = facts.map(({ value }) => pattern.exec(value)).find((found) => found !== null)
    if (match) return { name, version: match[1] ?? match[2] ?? null, facts }
  }
  const library = facts.find(({ name }) => name === 'SRT library')
  const name = library ? `an unknown encoder with libsrt ${library.value}` : 'an unknown encoder'
  return { name, version: null, facts }
}

function identityOf(record: IngestRecord): DeviceFact[] {
  const connect = fieldsOf(commandsOf(record).find(({ name }) => name === 'connect')?.args[0])
  const metadata = fieldsOf(eventOf(record, 'metadata')?.['value'])
  return [
    fact('flashVer', connect['flashVer'], 'RTMP connect'),
    fact('app', connect['app'], 'RTMP connect'),
    fact('tcUrl', connect['tcUrl'], 'RTMP connect'),
    fact('encoder', metadata['encoder'], 'onMetaData'),
    fact('SRT library', eventOf(record, 'srt-handshake')?.['srtVersion'], 'SRT handshake'),
    fact('User-Agent', eventOf(record, 'whip-offer')?.['userAgent'], 'WHIP request'),
    fact('x264', eventOf(record, 'encoder-text')?.['text'], 'SEI in the H.264 stream'),
  ].flat()
}

function settingsOf(record: IngestRecord): DeviceFact[] {
  const call = eventOf(record, 'srt-handshake')
  const metadata = fieldsOf(eventOf(record, 'metadata')?.['value'])
  const chunks = record.events.filter(({ type }) => type === 'chunk-size')
  const keyBytes = call?.['keyBytes']
  return [
    fact('chunk size', chunks.map(({ size }) => `${size} bytes`).join(', '), 'Set Chunk Size'),
    fact('declared video', declared(metadata, 'videodatarate'), 'onMetaData'),
    fact('declared audio', declared(metadata, 'audiodatarate'), 'onMetaData'),
    fact('stream id form', call?.['streamIdForm'], 'SRT handshake'),
    fact('latency asked for', inMs(call?.['callerLatencyMs']), 'SRT handshake'),
    fact('from composition to arrival', composedText(record), 'BPM in key frames, by OBS’s clock'),
    fact('latency agreed on', inMs(call?.['latencyMs']), 'SRT handshake'),
    fact(
      'encryption',
      typeof keyBytes === 'number' ? (keyBytes === 0 ? 'none' : `AES-${keyBytes * 8}`) : undefined,
      'SRT handshake',
    ),
    fact('offered codecs', offeredCodecs(record), 'SDP offer'),
  ].flat()
}

function mediaOf({ tracks }: IngestRecord): DeviceFact[] {
  return tracks.slice(0, 8).flatMap((track) => fact(track.kind, mediaText(track), 'the bitstream'))
}

function mediaText(track: IngestTrack): string {
  const { codec, width, height, profile, level, sampleRate, channels } = track
  if (track.kind === 'audio') {
    const rate = sampleRate ? `${sampleRate / 1000} kHz` : ''
    return [codec, rate, channels ? `${channels} channels` : ''].filter(Boolean).join(', ')
  }
  const size = width && height ? `${width}x${height}` : ''
  const named = profile === undefined ? '' : `profile ${profileName(track)}`
  const at = level === undefined ? '' : `level ${(level / 10).toFixed(1)}`
  return [codec, size, named, at].filter(Boolean).join(', ')
}

/** H.264 A.2 */
function profileName({ profile, constraints = 0 }: IngestTrack): string {
  const names: Record<number, string> = { 66: 'baseline', 77: 'main', 88: 'extended', 100: 'high' }
  if (profile === 66 && (constraints & 0x40) !== 0) return 'constrained baseline'
  return names[profile ?? 0] ?? String(profile)
}

function composedText(record: IngestRecord): string | undefined {
  const event = eventOf(record, 'bpm')
  const [pictures, leastMs, mostMs] = [event?.['pictures'], event?.['leastMs'], event?.['mostMs']]
  if (typeof leastMs !== 'number' || typeof mostMs !== 'number') return undefined
  return `${leastMs.toFixed(0)}–${mostMs.toFixed(0)} ms (${pictures} key frames)`
}

function offeredCodecs(record: IngestRecord): string {
  const media = eventOf(record, 'whip-offer')?.['media']
  if (!Array.isArray(media)) return ''
  return media
    .map((section: { kind?: unknown; codecs?: { name?: unknown }[] }) => {
      const names = new Set((section.codecs ?? []).map(({ name }) => String(name)))
      return `${String(section.kind)}: ${[...names].join(', ')}`
    })
    .join('; ')
}

function declared(metadata: Record<string, unknown>, field: string): string | undefined {
  const value = metadata[field]
  return typeof value === 'number' ? `${Math.round(value)} kbit/s` : undefined
}

function inMs(value: unknown): string | undefined {
  return typeof value === 'number' ? `${value} ms` : undefined
}

function fact(name: string, value: unknown, from: string): DeviceFact[] {
  const told = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
  return told === '' ? [] : [{ name, value: told.slice(0, MAX_VALUE), from }]
}

function eventOf({ events }: IngestRecord, wanted: string) {
  return events.find(({ type }) => type === wanted)
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
