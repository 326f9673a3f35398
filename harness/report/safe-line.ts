/**
 * Text of a target or a device on one line of a terminal: line breaks become spaces, and nothing
 * that could steer the terminal (control characters, escapes, direction overrides) gets through.
 */
export function safeLine(text: string): string {
  return text
    .replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\uFFFD')
}

/** `safeLine`, cut to `width` characters with an ellipsis. */
export function clipLine(text: string, width = 120): string {
  const line = [...safeLine(text)]
  return line.length <= width ? line.join('') : `${line.slice(0, width - 1).join('')}…`
}
