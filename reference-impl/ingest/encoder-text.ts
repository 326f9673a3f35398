import { MAX_ENCODER_TEXT } from './limits.ts'

/** Of the SEI message in which x264 writes its version and settings (user_data_unregistered). */
const X264_UUID = Buffer.from('dc45e9bde6d948b7962cd820d923eeef', 'hex')

/**
 * What an encoder wrote about itself into an access unit, in whatever form that is framed; null
 * where there is nothing. Only what a terminal can show is kept.
 */
export function encoderTextOf(accessUnit: Uint8Array): string | null {
  const bytes = Buffer.from(accessUnit.buffer, accessUnit.byteOffset, accessUnit.byteLength)
  const at = bytes.indexOf(X264_UUID)
  if (at < 0) return null
  const begin = at + X264_UUID.length
  const rest = bytes.subarray(begin, begin + MAX_ENCODER_TEXT)
  const end = rest.findIndex((byte) => byte < 0x20 || byte > 0x7e)
  const text = rest.subarray(0, end < 0 ? rest.length : end).toString('latin1')
  return text === '' ? null : text
}
