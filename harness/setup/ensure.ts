import { spawnSync } from 'node:child_process'
import { EnvironmentError } from '../errors.ts'
import { goInstall } from './go-install.ts'
import { findProgram, type Program } from './program.ts'

export interface EnsureResult {
  readonly installed: readonly string[]
  /** Still missing, each with the reason. */
  readonly missing: readonly { program: Program; reason: string }[]
}

/**
 * Brings the programs that are missing, where this machine lets us: Debian's packages, as root or
 * with a sudo that does not ask, and Go programs where Go is. `LIVEPROOF_NO_INSTALL=1` forbids it.
 * @param say one line for each thing done
 */
export function ensurePrograms(
  programs: readonly Program[],
  say: (line: string) => void,
): EnsureResult {
  const absent = programs.filter((program) => findProgram(program) === null)
  const packages = [...new Set(absent.flatMap((program) => program.debian))]
  const reasons = new Map<Program, string | null>()

  const obstacle = packages.length > 0 ? installObstacle() : null
  if (packages.length > 0 && !obstacle)
    say(`installing ${packages.join(', ')} (Debian packages; a minute or two, once)`)
  const failure = packages.length > 0 ? (obstacle ?? aptInstall(packages)) : null
  for (const program of absent) reasons.set(program, program.go ? goInstall(program, say) : failure)

  const missing = absent
    .filter((program) => findProgram(program) === null)
    .map((program) => ({
      program,
      reason: reasons.get(program) ?? 'the installation did not bring the program',
    }))
  return { installed: obstacle ? [] : packages, missing }
}

/** As `ensurePrograms`, but a program that stays missing is an error: for CI, which must not skip. */
export function requirePrograms(programs: readonly Program[], say: (line: string) => void): void {
  const { missing } = ensurePrograms(programs, say)
  if (missing.length === 0) return
  const list = missing.map(({ program, reason }) => `${program.name} (${reason})`).join('; ')
  throw new EnvironmentError('LP_SETUP_MISSING', `missing and not installable here: ${list}`)
}

/** Why packages cannot be installed here, or null. */
export function installObstacle(): string | null {
  if (process.env['LIVEPROOF_NO_INSTALL']) return 'LIVEPROOF_NO_INSTALL is set'
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return 'no apt-get on this system; install it from your system’s packages'
  if (process.getuid?.() === 0) return null
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return null
  return 'not root, and sudo asks for a password'
}

function aptInstall(packages: readonly string[]): string | null {
  const root = process.getuid?.() === 0
  const run = (...args: string[]) =>
    spawnSync(root ? 'apt-get' : 'sudo', root ? args : ['-n', 'apt-get', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  run('update', '-qq')
  const result = run('install', '-y', '-qq', '--no-install-recommends', ...packages)
  if (result.status === 0) return null
  const lastLine = result.stderr?.trim().split('\n').at(-1)
  return `apt-get failed: ${lastLine || result.error?.message || `status ${result.status}`}`
}
