import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A program that liveproof uses when it is there and installs when it may. */
export interface Program {
  readonly name: string
  /** Environment variable that names it outright. */
  readonly variable?: string
  /** Names to look for on the PATH, best first. */
  readonly commands: readonly string[]
  /** Arguments that print its version on the first line. */
  readonly versionArguments: readonly string[]
  /** Debian packages that bring it; none where Debian has none. */
  readonly debian: readonly string[]
  /** A Go program: built with `go install` where Go is, into .tools. */
  readonly go?: GoProgram
  /** What cannot be done without it. */
  readonly cost: string
  /** `demo`: wanted by every run. `test`: only by the project's own tests. */
  readonly wantedBy: 'demo' | 'test'
  /** CI goes on without it, and says what it skips: its maker's toolchain may not be there. */
  readonly optional?: true
}

export interface GoProgram {
  readonly module: string
  readonly version: string
}

/** Where a Go program of ours is built. */
export function goFolder({ version }: GoProgram, name: string): string {
  return join(root, '.tools', `${name}-${version}`)
}

/** The path of an executable file, or null. */
export function findProgram(program: Program): string | null {
  const named = program.variable ? process.env[program.variable] : undefined
  if (named) return isExecutable(named) ? named : null
  const built = program.go && join(goFolder(program.go, program.name), program.name)
  if (built && isExecutable(built)) return built
  for (const command of program.commands) {
    const found = findCommand(command)
    if (found) return found
  }
  return null
}

/** First line of what the program says of its version; null when it does not run. */
export function versionOf(program: Program, path: string): string | null {
  try {
    const text = execFileSync(path, [...program.versionArguments], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return text.split('\n')[0]?.trim() ?? null
  } catch {
    return null
  }
}

function findCommand(command: string): string | null {
  // Debian keeps nginx in /usr/sbin, which is not on every user's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  for (const folder of folders) {
    if (folder && isExecutable(join(folder, command))) return join(folder, command)
  }
  return null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
