/** What a file below `/hls/NAME/` is. `epoch` keeps names of one stream's lives apart for caches. */
export type HlsFile = { readonly kind: 'index' } | { readonly kind: 'media' } | MediaFile

export interface MediaFile {
  readonly kind: 'map' | 'segment' | 'part'
  readonly epoch: string
  readonly number: number
}

const NUMBERED = /^(map|segment|part)-([0-9a-z]{1,12})-(\d{1,15})\.(mp4|m4s)$/

export function fileName(kind: 'map' | 'segment' | 'part', epoch: string, number: number): string {
  return `${kind}-${epoch}-${number}.${kind === 'map' ? 'mp4' : 'm4s'}`
}

export function parseFileName(name: string): HlsFile | undefined {
  if (name === 'index.m3u8') return { kind: 'index' }
  if (name === MEDIA_PLAYLIST) return { kind: 'media' }
  const [, kind, epoch, digits, ending] = NUMBERED.exec(name) ?? []
  if (epoch === undefined || (kind !== 'map' && kind !== 'segment' && kind !== 'part')) {
    return undefined
  }
  if ((kind === 'map') !== (ending === 'mp4')) return undefined
  return { kind, epoch, number: Number(digits) }
}

export const MEDIA_PLAYLIST = 'media.m3u8'

/** The media playlist of another stream, as a URI in one's own playlists. */
export function playlistOf(name: string): string {
  return `../${name}/${MEDIA_PLAYLIST}`
}
