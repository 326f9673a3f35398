import { LiveproofError } from '../errors.ts'
import type { Target } from './target.ts'

/** The target does not have it at all: whatever needs it is skipped, and this is the reason. */
export class NotOffered extends LiveproofError {
  constructor({ name }: Pick<Target, 'name'>, what: string) {
    super('LP_TARGET_LACKS', `${name} has no ${what}`)
  }
}
