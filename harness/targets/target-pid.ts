import { readFileSync } from 'node:fs'
import type { Target } from './target.ts'

/** The process of a target on this machine, as of now; undefined where it is not known. */
export function targetPid({
  reference,
  peer,
}: Pick<Target, 'reference' | 'peer'>): number | undefined {
  if (!peer) return reference?.pid
  try {
    return Number(readFileSync(peer.pidFile, 'utf8')) || undefined
  } catch {
    return undefined
  }
}
