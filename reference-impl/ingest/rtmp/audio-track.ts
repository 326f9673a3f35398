import { WireError } from '../../errors.ts'
import type { AudioTrack } from '../../live/frame.ts'
import { parseAudioSpecificConfig } from '../../wire/aac.ts'
import { hexOf } from '../../wire/bytes.ts'
import type { IngestTrack } from '../record.ts'

export interface ReadAudioTrack {
  readonly facts: Omit<IngestTrack, 'at'>
  /** Null when the configuration is broken, or of a codec that is only recognised. */
  readonly track: AudioTrack | null
  readonly error: WireError | null
}

/** `config`: the body of a sequence header. Never throws: what is broken is said in `error`. */
export function readAudioTrack(codec: string, config: Uint8Array): ReadAudioTrack {
  const facts: Omit<IngestTrack, 'at'> = { kind: 'audio', codec, config: hexOf(config) }
  if (codec !== 'mp4a') return { facts, track: null, error: null }
  try {
    const { sampleRate, channels, codecString } = parseAudioSpecificConfig(config)
    return {
      facts: { ...facts, sampleRate, channels },
      track: { kind: 'audio', codec, config, sampleRate, channels, codecString },
      error: null,
    }
  } catch (error) {
    if (error instanceof WireError) return { facts, track: null, error }
    throw error
  }
}
