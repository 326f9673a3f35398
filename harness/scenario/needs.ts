import { findProgram } from '../setup/program.ts'
import { chromium, ffmpeg } from '../setup/programs.ts'
import { capabilitiesOf } from '../targets/capabilities.ts'
import type { TargetDescription } from './result.ts'

/**
 * `reference`: what only the reference can do (faults, ingest records, a process to kill).
 * `edges`: several places to deliver from; the reference starts its own, others name theirs.
 * The others are programs on this machine.
 */
export type Need = 'reference' | 'edges' | 'chromium' | 'ffmpeg'

/** Why a scenario cannot run here, in words for the report; null when it can. */
export function unmetNeed(needs: readonly Need[], target: TargetDescription): string | null {
  for (const need of needs) {
    if (need === 'reference' && target.kind !== 'reference')
      return 'needs the reference; this target offers no such access'
    if (need === 'edges' && !capabilitiesOf(target).edges)
      return 'needs edges; this target names none'
    if (need === 'chromium' && !findProgram(chromium)) return 'Chromium is not installed'
    if (need === 'ffmpeg' && !findProgram(ffmpeg)) return 'ffmpeg is not installed'
  }
  return null
}
