const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/**
 * Text for an XML 1.0 attribute or element. What XML cannot hold at all (control characters, lone
 * surrogates, U+FFFE and U+FFFF; XML 1.0 §2.2) becomes U+FFFD.
 */
export function xmlText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"'\t\n\r]/g, (char) => entities[char] ?? char)
}

/** One element; children are elements already made, `undefined` attributes are left out. */
export function xmlElement(
  name: string,
  attributes: Record<string, string | number | undefined>,
  children: readonly string[] = [],
): string {
  const listed = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`)
    .join('')
  return children.length === 0
    ? `<${name}${listed}/>`
    : `<${name}${listed}>${children.join('')}</${name}>`
}
