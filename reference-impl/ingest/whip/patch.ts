import { WireError } from '../../errors.ts'
import type { SdpLimits } from '../../wire/limits.ts'
import { attributeOf, attributesOf, parseSdpFragment } from '../../wire/sdp.ts'
import { credentials, type IceCredentials } from './negotiate.ts'

export interface IcePatch {
  /** Null when the fragment has none. */
  readonly credentials: IceCredentials | null
  /** How many candidates it names. */
  readonly candidates: number
  /** Its media lines as written, each with its mid. */
  readonly media: readonly { readonly line: string; readonly mid: string }[]
}

const CANDIDATE = /^\S{1,32} \d{1,3} \S+ \d{1,10} \S+ \d{1,5} typ \S+/

/** A trickle ICE fragment (RFC 8840 §9). Throws `LP_SDP`, `LP_WHIP_OFFER`. */
export function readPatch(body: string, limits: SdpLimits): IcePatch {
  const fragment = parseSdpFragment(body, limits)
  if (fragment.attributes.length + fragment.media.length === 0) {
    throw new WireError('LP_SDP', 'the fragment is empty')
  }
  const parts = [fragment, ...fragment.media]
  const candidates = parts.flatMap((part) => attributesOf(part, 'candidate'))
  if (!candidates.every((candidate) => CANDIDATE.test(candidate))) {
    throw new WireError('LP_SDP', 'a candidate cannot be read')
  }
  const find = (name: string) =>
    parts.map((part) => attributeOf(part, name)).find((value) => value !== undefined)
  const ufrag = find('ice-ufrag')
  const password = find('ice-pwd')
  return {
    credentials:
      ufrag === undefined && password === undefined ? null : credentials(ufrag, password),
    candidates: candidates.length,
    media: fragment.media.map((media) => ({
      line: `m=${media.kind} 9 ${media.protocol} ${media.formats.join(' ')}`,
      mid: attributeOf(media, 'mid') ?? '',
    })),
  }
}
