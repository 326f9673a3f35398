import { spawnSync } from 'node:child_process'
import { goFolder, type Program } from './program.ts'

/** Downloading and building k6 takes a minute and a half on two cores. */
const TIMEOUT_MS = 600_000

/** Builds a Go program into .tools; why it could not be built, or null. */
export function goInstall({ name, go }: Program, say: (line: string) => void): string | null {
  if (!go) return 'it is not a Go program'
  if (process.env['LIVEPROOF_NO_INSTALL']) return 'LIVEPROOF_NO_INSTALL is set'
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0)
    return `no Go on this machine to build it with; install Go, or put ${name} on the PATH`
  say(`building ${name} ${go.version} with Go (a minute or two, once, into .tools)`)
  const result = spawnSync('go', ['install', '-ldflags=-s -w', `${go.module}@${go.version}`], {
    env: { ...process.env, GOBIN: goFolder(go, name), GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  })
  if (result.status === 0) return null
  const lastLine = result.stderr?.trim().split('\n').at(-1)
  return `go install failed: ${lastLine || result.error?.message || `status ${result.status}`}`
}
