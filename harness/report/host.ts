import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { Run } from './run-record.ts'

/** The machine that runs the harness, as the report shows it. */
export function describeHost(): Run['host'] {
  const cpus = os.cpus()
  return {
    os: prettyName() ?? os.type(),
    kernel: `${os.type()} ${os.release()}`,
    cpu: cpus[0]?.model.trim() || os.arch(),
    cores: os.availableParallelism(),
    memoryMb: Math.round(os.totalmem() / 2 ** 20),
    node: process.version,
  }
}

/** `PRETTY_NAME` of os-release(5), for example "Debian GNU/Linux 12 (bookworm)". */
function prettyName(): string | undefined {
  try {
    const text = readFileSync('/etc/os-release', 'utf8')
    return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1]
  } catch {
    return undefined
  }
}
