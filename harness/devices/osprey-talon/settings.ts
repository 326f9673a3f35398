import type { Cloud } from './cloud.ts'
import { MAX_FIELD_LENGTH } from './limits.ts'

/** As the documentation of nanoStream Cloud writes them. */
export const PROTOCOLS = [
  'nanocosmos (RTMP)',
  'RTMP/RTMPS',
  'TS over SRT',
  'nanocosmos WHIP',
] as const

export const SRT_MODES = ['Caller', 'Listener', 'Rendezvous'] as const

/** What the device can encode: clips of `fixtures/clips`. */
export const ENCODINGS = [
  { clip: '720p30', label: '1280x720, 30 fps, 1000 kbit/s' },
  { clip: '480p30', label: '848x480, 30 fps, 400 kbit/s' },
  { clip: '360p30', label: '640x360, 30 fps, 250 kbit/s' },
] as const

export const FIELDS = [
  'protocol',
  'destinationUrl',
  'streamKey',
  'srtMode',
  'destinationAddress',
  'port',
  'streamId',
  'encoding',
] as const

export type Field = (typeof FIELDS)[number]

/** What stands in the form, right or wrong. */
export type Settings = Readonly<Record<Field, string>>

export function factorySettings(cloud: Cloud): Settings {
  return {
    protocol: PROTOCOLS[0],
    destinationUrl: cloud.rtmp,
    streamKey: '',
    srtMode: 'Caller',
    destinationAddress: '',
    port: '',
    streamId: '',
    encoding: ENCODINGS[0].clip,
  }
}

/**
 * What a browser sent, field by field; what it left out (a hidden field, say) stays as it was.
 * White space around a value is a slip of whoever pasted it.
 */
export function readSettings(form: URLSearchParams, before: Settings): Settings {
  const read = FIELDS.map((field) => {
    const value = form.get(field)
    return [field, value === null ? before[field] : value.trim().slice(0, MAX_FIELD_LENGTH + 1)]
  })
  return Object.fromEntries(read) as Record<Field, string>
}
