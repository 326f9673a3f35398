import { UsageError } from '../errors.ts'
import type { ViewerFormat } from './engine.ts'

/** One part of `--mix`. */
export interface MixPart {
  readonly format: ViewerFormat
  readonly weight: number
  /** Preset or file of the link that these viewers come over. */
  readonly link?: string
  /** bytes/s that each of them reads */
  readonly readRate?: number
}

const FORM = /^(h5live|progressive|hls)(?:@([\w./-]+))?(?:~(\d{1,7})k)?(?::(\d{1,6}))?$/
const MAX_PARTS = 16

/**
 * Reads `h5live:80,progressive:15,hls:5,h5live@lte:10,h5live~250k:2`: formats by weight, `@` a
 * link, `~` the kbit/s at which slow readers read. @throws UsageError `LP_LOAD_MIX`
 */
export function parseMix(text: string): MixPart[] {
  const words = text.split(',')
  if (words.length > MAX_PARTS) throw wrong(`${words.length} parts, ${MAX_PARTS} at most`)
  return words.map((word) => {
    const [, format, link, kbps, weight] = FORM.exec(word.trim()) ?? []
    if (format === undefined || Number(weight ?? 1) < 1 || Number(kbps ?? 1) < 1)
      throw wrong(`'${word.slice(0, 60)}'`)
    return {
      format: format as ViewerFormat,
      weight: Number(weight ?? 1),
      ...(link === undefined ? {} : { link }),
      ...(kbps === undefined ? {} : { readRate: (Number(kbps) * 1000) / 8 }),
    }
  })
}

/** As reports show it. */
export function nameOfPart({ format, link, readRate }: MixPart): string {
  const shown = { h5live: 'H5Live', progressive: 'progressive', hls: 'LL-HLS' }[format]
  const slow = readRate === undefined ? '' : `, reading ${(readRate * 8) / 1000} kbit/s`
  return `${shown}${link === undefined ? '' : ` over ${link}`}${slow}`
}

function wrong(what: string): UsageError {
  return new UsageError(
    'LP_LOAD_MIX',
    `cannot read the mix: ${what}; write FORMAT[@LINK][~KBITk][:WEIGHT],… with h5live, progressive or hls`,
  )
}
