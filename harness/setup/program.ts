import { spawnSync } from 'node:child_process'
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
  /** Arguments that print its version on the first line; absent for what cannot be run, a module. */
  readonly versionArguments?: readonly string[]
  /** Where it lies, for what is not looked for on the PATH: a module, which need not be executable. */
  readonly folders?: readonly string[]
  /** Debian packages that bring it; none where Debian has none. */
  readonly debian: readonly string[]
  /** A Go program: built with `go install` where Go is, into .tools. */
  readonly go?: GoProgram
  /** What cannot be done without it. */
  readonly cost: string
  /** `demo`: wanted by every run. `test`: only by the project's own tests. */
  readonly wantedBy: 'demo' | 'test'
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
  const mode = program.folders ? constants.R_OK : constants.X_OK
  if (named) return isAccessible(named, mode) ? named : null
  const built = program.go && join(goFolder(program.go, program.name), program.name)
  if (built && isAccessible(built, mode)) return built
  for (const command of program.commands) {
    const found = findIn(program.folders ?? commandFolders(), command, mode)
    if (found) return found
  }
  return null
}

/** First line of what the program says of its version; null when it does not run. */
export function versionOf(program: Program, path: string): string | null {
  if (!program.versionArguments) return null
  const { stdout, stderr, error } = spawnSync(path, [...program.versionArguments], {
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Some say it on the other stream.
  return error ? null : ((stdout || stderr).split('\n')[0]?.trim() ?? null)
}

function commandFolders(): string[] {
  // Debian keeps nginx in /usr/sbin, which is not on every user's PATH.
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
}

function findIn(folders: readonly string[], name: string, mode: number): string | null {
  for (const folder of folders) {
    if (folder && isAccessible(join(folder, name), mode)) return join(folder, name)
  }
  return null
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
