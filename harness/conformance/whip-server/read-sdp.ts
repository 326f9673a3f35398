/** A media section, as far as a probe looks at it. */
export interface Section {
  readonly kind: string
  readonly mid: string
  readonly lines: readonly string[]
}

/** The media sections of a description, read without the reference's code. */
export function sectionsOf(sdp: string): Section[] {
  const parts = sdp.replaceAll('\r', '').split(/^(?=m=)/m)
  return parts
    .filter((part) => part.startsWith('m='))
    .map((part) => {
      const lines = part.split('\n')
      return {
        kind: lines[0]?.slice(2).split(' ')[0] ?? '',
        mid: lines.find((line) => line.startsWith('a=mid:'))?.slice(6) ?? '',
        lines,
      }
    })
}
