import { LiveproofError } from '../errors.ts'

/** The target does not have it, or must not be asked for it: what needs it is skipped, for this reason. */
export class NotOffered extends LiveproofError {
  constructor(reason: string, code = 'LP_TARGET_LACKS') {
    super(code, reason)
  }
}
