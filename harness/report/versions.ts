import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../scenario/paths.ts'
import { findProgram, versionOf } from '../setup/program.ts'
import { programs } from '../setup/programs.ts'
import type { Run } from './run-record.ts'

/** Name and version of liveproof itself. */
export function toolVersion(): Run['tool'] {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return { name, version }
}

/** What each program that was found says of its version. */
export function programVersions(): Record<string, string> {
  return Object.fromEntries(
    programs.flatMap((program) => {
      const path = findProgram(program)
      const version = path && versionOf(program, path)
      return version ? [[program.name, version]] : []
    }),
  )
}
