import { LiveproofError } from '../errors.ts'

export type FragmentErrorCode =
  | 'LP_FRAGMENT_TRUNCATED' // a box ends before what it must hold
  | 'LP_FRAGMENT_BOX_SIZE' // a box is smaller than its header or larger than what holds it
  | 'LP_FRAGMENT_LIMIT' // a size, count or depth past our limits
  | 'LP_FRAGMENT_UNEXPECTED' // a box where it must not be
  | 'LP_FRAGMENT_MISSING' // a mandatory box is not there
  | 'LP_FRAGMENT_DUPLICATE' // a box that may be there once
  | 'LP_FRAGMENT_TRACK' // a track that the init segment does not have
  | 'LP_FRAGMENT_OFFSET' // sample data outside the fragment's mdat
  | 'LP_FRAGMENT_BASE' // data offsets that are not relative to the moof
  | 'LP_FRAGMENT_TIME' // a time past what can be counted exactly
  | 'LP_FRAGMENT_CONFIG' // avcC, esds or dOps that cannot be read

/** Media bytes that break ISO/IEC 14496-12, -14 or -15, the MSE byte stream format, or our limits. */
export class FragmentError extends LiveproofError {
  declare readonly code: FragmentErrorCode

  constructor(code: FragmentErrorCode, message: string) {
    super(code, message)
  }
}
