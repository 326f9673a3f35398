import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import { createFile, MP4BoxBuffer } from 'mp4box'
import type { ViewerRecord } from '../../viewers/viewer-record.ts'

/** What a parser that shares no code with us, nor with the target, made of the media. */
export interface OracleReading {
  readonly parser: 'mp4box' | 'mediabunny'
  /** null when it read everything. */
  readonly error: string | null
  /** Sorted by id. */
  readonly tracks: readonly OracleTrack[]
}

export interface OracleTrack {
  readonly id: number
  /** RFC 6381, lower case */
  readonly codec: string
}

/** Fragments behind the init segment that the parsers are given. */
const MAX_FRAGMENTS = 30

/** Reads the first init segment and the first fragments in mp4box and in mediabunny. Never rejects. */
export async function readByOracles(record: ViewerRecord): Promise<OracleReading[]> {
  const bytes = openingBytes(record)
  if (!bytes) return []
  return [readByMp4Box(bytes), await readByMediabunny(bytes)]
}

function openingBytes(record: ViewerRecord): Uint8Array<ArrayBuffer> | null {
  const parts: Uint8Array[] = []
  let fragments = 0
  for (const event of record.events) {
    if (event.type === 'init') {
      if (parts.length > 0) break
      parts.push(event.bytes)
    } else if (event.type === 'fragment' && event.bytes && parts.length > 0) {
      parts.push(event.bytes)
      if (++fragments === MAX_FRAGMENTS) break
    }
  }
  return parts.length === 0 ? null : new Uint8Array(Buffer.concat(parts))
}

function readByMp4Box(bytes: Uint8Array<ArrayBuffer>): OracleReading {
  const parser = 'mp4box'
  let error: string | null = null
  try {
    const file = createFile()
    file.onError = (module: string, message: string) => {
      error ??= `${module}: ${message}`
    }
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(bytes.slice().buffer, 0))
    file.flush()
    const tracks = (file.moov ? file.getInfo().tracks : []).map((track) => ({
      id: track.id,
      codec: track.codec.toLowerCase(),
    }))
    if (tracks.length === 0) error ??= 'no tracks'
    return { parser, error, tracks: byId(tracks) }
  } catch (thrown) {
    return { parser, error: messageOf(thrown), tracks: [] }
  }
}

async function readByMediabunny(bytes: Uint8Array<ArrayBuffer>): Promise<OracleReading> {
  const parser = 'mediabunny'
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS })
  try {
    const tracks: OracleTrack[] = []
    for (const track of await input.getTracks()) {
      // mediabunny writes hev1 for both sample entries.
      const codec = (await track.getCodecParameterString()) ?? `unknown ${await track.getCodec()}`
      tracks.push({ id: track.id, codec: codec.toLowerCase() })
    }
    return { parser, error: tracks.length === 0 ? 'no tracks' : null, tracks: byId(tracks) }
  } catch (thrown) {
    return { parser, error: messageOf(thrown), tracks: [] }
  } finally {
    input.dispose()
  }
}

function byId(tracks: OracleTrack[]): OracleTrack[] {
  return tracks.toSorted((a, b) => a.id - b.id)
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
