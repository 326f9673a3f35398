import HLS from 'hls-parser'

/** RFC 8216bis §4.4.4.9 says SHOULD, and three target durations, where hls-parser counts segments. */
const TOO_STRICT = /Remove EXT-X-PART tags/

/** What a foreign parser has against a playlist; null for nothing. */
export function parserComplaint(text: string): string | null {
  try {
    HLS.setOptions({ strictMode: true })
    const { version } = HLS.parse(text)
    return version === undefined ? 'hls-parser: no version' : null
  } catch (error) {
    const { message } = error as Error
    return TOO_STRICT.test(message) ? null : `hls-parser: ${message}`
  }
}
