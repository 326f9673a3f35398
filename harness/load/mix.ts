import { UsageError } from '../errors.ts'
import type { LoadFormat } from './engine.ts'

/** One part of `--mix`. */
export interface MixPart {
  readonly format: LoadFormat
  readonly weight: number
  /** Where these viewers are: they play from where the target sends clients of this region. */
  readonly region?: string
  /** Preset or file of the link that these viewers come over. */
  readonly link?: string
  /** bytes/s that each of them reads */
  readonly readRate?: number
}

const FORM =
  /^(h5live|progressive|hls|api)(?:\+([\w-]+))?(?:@([\w./-]+))?(?:~(\d{1,7})k)?(?::(\d{1,6}))?$/
const MAX_PARTS = 16

/**
 * Reads `h5live:80,progressive:15,hls+us:5,h5live@lte:10,h5live~250k:2`: formats by weight, `+` a
 * region, `@` a link, `~` the kbit/s at which slow readers read. `api` is no viewer but a client of
 * the API, which has neither a region nor a rate. @throws UsageError `LP_LOAD_MIX`
 */
export function parseMix(text: string): MixPart[] {
  const words = text.split(',')
  if (words.length > MAX_PARTS) throw wrong(`${words.length} parts, ${MAX_PARTS} at most`)
  return words.map((word) => {
    const [, format, region, link, kbps, weight] = FORM.exec(word.trim()) ?? []
    if (format === undefined || Number(weight ?? 1) < 1 || Number(kbps ?? 1) < 1)
      throw wrong(`'${word.slice(0, 60)}'`)
    if (format === 'api' && (region !== undefined || kbps !== undefined))
      throw wrong(`'${word.slice(0, 60)}': clients of the API have no region and no rate`)
    return {
      format: format as LoadFormat,
      weight: Number(weight ?? 1),
      ...(region === undefined ? {} : { region }),
      ...(link === undefined ? {} : { link }),
      ...(kbps === undefined ? {} : { readRate: (Number(kbps) * 1000) / 8 }),
    }
  })
}

/** As reports show it. */
export function nameOfPart({ format, region, link, readRate }: MixPart): string {
  const shown = { h5live: 'H5Live', progressive: 'progressive', hls: 'LL-HLS', api: 'API' }[format]
  const slow = readRate === undefined ? '' : `, reading ${(readRate * 8) / 1000} kbit/s`
  const place = region === undefined ? '' : ` in ${region}`
  return `${shown}${place}${link === undefined ? '' : ` over ${link}`}${slow}`
}

function wrong(what: string): UsageError {
  return new UsageError(
    'LP_LOAD_MIX',
    `cannot read the mix: ${what}; write FORMAT[+REGION][@LINK][~KBITk][:WEIGHT],… with h5live, progressive, hls or api`,
  )
}
