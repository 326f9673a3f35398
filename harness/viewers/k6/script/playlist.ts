/** What a viewer needs of a media playlist (RFC 8216bis). */
export interface Playlist {
  readonly parts: readonly { readonly uri: string; readonly independent: boolean }[]
  /** Media sequence number of the segment that is being written. */
  readonly nextSegment: number
  /** Parts that it has already. */
  readonly nextPart: number
}

/** Reads the tags of parts and segments, and ignores the rest. Never throws. */
export function readPlaylist(text: string): Playlist {
  const parts: { uri: string; independent: boolean }[] = []
  let segment = 0
  let part = 0
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) segment = Number(line.slice(22)) || 0
    else if (line.startsWith('#EXT-X-SKIP:'))
      segment += Number(/SKIPPED-SEGMENTS=(\d+)/.exec(line)?.[1] ?? 0)
    else if (line.startsWith('#EXT-X-PART:')) {
      const uri = /URI="([^"]+)"/.exec(line)?.[1]
      if (uri) parts.push({ uri, independent: line.includes('INDEPENDENT=YES') })
      part++
    } else if (line !== '' && !line.startsWith('#')) {
      segment++
      part = 0
    }
  }
  return { parts, nextSegment: segment, nextPart: part }
}

/** The query of a blocking reload: the answer waits for the part after the last one. */
export function nextWanted({ nextSegment, nextPart }: Playlist): string {
  return `?_HLS_msn=${nextSegment}&_HLS_part=${nextPart}`
}

/** The first variant of a multivariant playlist; null when it is a media playlist. */
export function firstVariant(text: string): string | null {
  return /^#EXT-X-STREAM-INF:[^\n]*\n(?:#[^\n]*\n)*([^#\s][^\n]*)/m.exec(text)?.[1]?.trim() ?? null
}
