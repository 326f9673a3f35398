import { NotOffered } from '../not-offered.ts'
import type { Target } from '../target.ts'

/** A peer whose API nobody asks by mistake: whoever does is skipped. Other targets as they are. */
export function withoutApi(target: Target): Target {
  if (!target.peer) return target
  const lacks = () => {
    throw new NotOffered(`${target.name} has no bintu API`)
  }
  return Object.defineProperties({ ...target }, { api: { get: lacks }, apiKey: { get: lacks } })
}
