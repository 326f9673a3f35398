import { streamTagOf } from '../measure/stamp.ts'
import type { Encoder, EncoderOptions } from './encoder.ts'
import { loadProfile } from './load-profile.ts'
import { RtmpEncoder } from './rtmp-encoder.ts'
import { SrtEncoder } from './srt-encoder.ts'
import { WhipEncoder } from './whip-encoder.ts'

/**
 * Starts a simulated encoder; resolves once the target lets it publish.
 * @throws EncoderError `LP_ENCODER_CONNECT`, `LP_ENCODER_TIMEOUT`, `LP_ENCODER_REFUSED`
 * @throws EnvironmentError `LP_CHROMIUM_MISSING`, `LP_CHROMIUM_START` where a browser is to publish
 * @throws UsageError `LP_PROFILE_UNKNOWN`, `LP_PROFILE_INVALID`, `LP_CLIP_INVALID`
 */
export async function startEncoder(options: EncoderOptions): Promise<Encoder> {
  const { profile: wanted, to, signal, durationMs } = options
  const profile = typeof wanted === 'string' ? loadProfile(wanted) : wanted
  signal?.throwIfAborted()
  const kind = profile.browser ? await browserEncoder() : kindFor(to.url)
  const encoder = new kind(profile, options, streamTagOf(to.streamName))
  const stop = (): void => void encoder.stop()
  signal?.addEventListener('abort', stop, { once: true })
  void encoder.closed.then(() => signal?.removeEventListener('abort', stop))
  await encoder.start()
  signal?.throwIfAborted()
  if (durationMs !== undefined) {
    const timer = setTimeout(stop, durationMs)
    void encoder.closed.then(() => clearTimeout(timer))
  }
  return encoder
}

/** Loaded only when it is needed, for what it brings with it. */
async function browserEncoder() {
  return (await import('./browser-encoder.ts')).BrowserEncoder
}

function kindFor(url: string): typeof RtmpEncoder | typeof SrtEncoder | typeof WhipEncoder {
  if (/^https?:/.test(url)) return WhipEncoder
  return url.startsWith('srt:') ? SrtEncoder : RtmpEncoder
}
