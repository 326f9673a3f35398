import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const DYING_MS = 2_000
const STEP_MS = 50

/**
 * Whether a process runs. One that is `suspect`, because it accepts no connection, is given a
 * moment to finish dying.
 */
export async function isAlive(pid: number, suspect: boolean): Promise<boolean> {
  for (let waited = 0; ; waited += STEP_MS) {
    const alive = await runs(pid)
    if (!alive || !suspect || waited >= DYING_MS) return alive
    await delay(STEP_MS)
  }
}

/** A zombie has a pid, and nothing else; see proc(5). */
async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null)
  if (stat !== null) return !/\) [ZXx] /.test(stat)
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux'
  } catch {
    return false
  }
}
