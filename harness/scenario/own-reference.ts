import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BintuClient } from '../targets/bintu-client.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import type { Target } from '../targets/target.ts'

export interface OwnReference {
  /** The process that runs now. */
  target(): Target
  /** SIGKILL, then the same again on the same data; ports change. */
  restart(): Promise<{ target: Target; client: BintuClient }>
  close(): Promise<void>
}

/** A reference on a data folder of its own, which may be killed and come back. */
export async function startOwnReference(faults: readonly string[] = []): Promise<OwnReference> {
  const dataDir = mkdtempSync(join(tmpdir(), 'liveproof-data-'))
  let running = await startReferenceTarget({ dataDir, faults })
  return {
    target: () => running,
    async restart() {
      await running.kill()
      // Its edges outlive it, and know one door.
      const feed = running.reference?.feed
      running = await startReferenceTarget({ dataDir, faults, ...(feed ? { feed } : {}) })
      const { api, apiKey } = running
      return { target: running, client: new BintuClient({ api, apiKey }) }
    },
    async close() {
      await running.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
