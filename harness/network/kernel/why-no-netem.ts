import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

/** Runs a program. @throws Error with what it said */
export type Run = (command: string, ...args: string[]) => void

export interface Machine {
  readonly platform: string
  /** Of the user; undefined where there is none. */
  readonly uid: number | undefined
  readonly run: Run
}

/** Why links cannot be had from the kernel on this machine; null where they can. */
export function whyNoNetem(machine: Machine = thisMachine()): string | null {
  const space = whyNoNamespaces(machine)
  if (space) return space
  const name = `lp-${randomBytes(3).toString('hex')}`
  const { run } = machine
  try {
    run('ip', 'netns', 'add', name)
    run('tc', '-n', name, 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms')
    return null
  } catch (error) {
    return `this kernel has no netem (sch_netem): ${firstLine(error)}`
  } finally {
    attempt(run, 'ip', 'netns', 'del', name)
  }
}

/** Why there is no path of the kernel at all, with netem or without. */
export function whyNoNamespaces({ platform, uid, run }: Machine = thisMachine()): string | null {
  if (platform !== 'linux') return 'netem is a thing of Linux'
  if (uid !== 0) return 'network namespaces need root'
  for (const tool of ['ip', 'tc']) {
    try {
      run(tool, '-V')
    } catch {
      return `${tool} is not installed (iproute2)`
    }
  }
  const name = `lp-${randomBytes(3).toString('hex')}`
  try {
    run('ip', 'netns', 'add', name)
    run('ip', '-n', name, 'link', 'add', 'lp0', 'type', 'veth', 'peer', 'name', 'lp1')
    return null
  } catch (error) {
    return `network namespaces with veth are not allowed here: ${firstLine(error)}`
  } finally {
    attempt(run, 'ip', 'netns', 'del', name)
  }
}

export function thisMachine(): Machine {
  return { platform: process.platform, uid: process.getuid?.(), run: runProgram }
}

export const runProgram: Run = (command, ...args) => {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** What need not succeed. */
export function attempt(run: Run, command: string, ...args: string[]): void {
  try {
    run(command, ...args)
  } catch {
    // It was not there, or is gone already.
  }
}

function firstLine(error: unknown): string {
  const { stderr } = error as { stderr?: Buffer }
  const text = stderr?.toString().trim() || String(error)
  return text.split('\n')[0] ?? ''
}
