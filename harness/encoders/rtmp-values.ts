import { AmfEcmaArray, type AmfObject, type AmfValue } from '../../reference-impl/wire/amf0.ts'
import { fourCC } from '../../reference-impl/wire/bytes.ts'
import type { Clip } from './clip.ts'
import type { Profile } from './profile.ts'
import type { WireValue } from './rtmp-wire.ts'

const FLV_AVC = 7
const FLV_AAC = 10
const FLV_MP3 = 2

/** What `{ "from": … }` in a profile stands for. */
export type WireValues = Record<Extract<WireValue, { from: string }>['from'], string | number>

export function wireValues(
  address: { readonly app: string; readonly tcUrl: string },
  media: Profile['media'],
  video: Clip | null,
  audio: Clip | null,
  now = new Date(),
): WireValues {
  return {
    ...address,
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    frameRate: video?.rate ?? 0,
    videoCodecId: video?.codec === 'hvc1' ? fourCC('hvc1') : FLV_AVC,
    audioCodecId: audio?.codec === 'mp3' ? FLV_MP3 : FLV_AAC,
    videoKbps: media.videoKbps,
    audioKbps: media.audioKbps,
    sampleRate: audio?.sampleRate ?? 0,
    creationDate: clockText(now),
  }
}

/** Fields in the profile's order. */
export function wireFields(
  fields: readonly (readonly [string, WireValue])[],
  values: WireValues,
): AmfObject {
  return Object.fromEntries(fields.map(([name, value]) => [name, resolve(value, values)]))
}

export function metadataValue(
  fields: readonly (readonly [string, WireValue])[],
  values: WireValues,
): AmfEcmaArray {
  return new AmfEcmaArray(wireFields(fields, values))
}

function resolve(value: WireValue, values: WireValues): AmfValue {
  if (typeof value !== 'object') return value
  const from = values[value.from]
  return typeof from === 'number' && value.dividedBy !== undefined ? from / value.dividedBy : from
}

/** As C's `asctime` writes it, in UTC: `Sat Nov 21 04:40:31 2026`. */
function clockText(date: Date): string {
  const [day, number, month, year, time] = date.toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${number?.replace(/^0/, ' ')} ${time} ${year}`
}
