import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { referenceEnvironment } from '../targets/reference.ts'

/** Runs a part of the reference in a process of its own, in our terminal, and takes its exit code. */
export async function runChild(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, {
    // The channel carries nothing: it closes when this process dies, however that comes about.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...referenceEnvironment },
  })
  // Ctrl-C reaches both of us; a signal from elsewhere only this one.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code] = (await once(child, 'close')) as [number | null]
  process.exitCode = code ?? 3
}
