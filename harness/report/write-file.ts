import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Puts `text` at `path` in one step: whoever reads sees the old file or the new one, never a half.
 * Synchronous, so that it also works while the process is ending.
 */
export function writeFileAtomic(path: string, text: string): void {
  const half = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    writeFileSync(half, text)
    renameSync(half, path)
  } catch (error) {
    rmSync(half, { force: true })
    throw error
  }
}

/**
 * Points the symbolic link at `path` at `name` beside it, in one step. A convenience: where links
 * are not possible, or something else has that name, nothing happens.
 */
export function pointAt(path: string, name: string): void {
  const half = join(dirname(path), `.${randomBytes(4).toString('hex')}.tmp`)
  try {
    symlinkSync(name, half)
    renameSync(half, path)
  } catch {
    rmSync(half, { force: true })
  }
}
