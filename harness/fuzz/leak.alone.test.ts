import { afterEach, expect, test, vi } from 'vitest'
import { startReferenceTarget } from '../targets/reference.ts'
import { runFuzz } from './run-fuzz.ts'

/** Enough that 1 kB of each, after the warm-up, is more than a fifth of what the reference holds. */
const SESSIONS = 16_000

afterEach(() => vi.unstubAllEnvs())

test('a reference that keeps 1 kB of every session is found out', {
  timeout: 180_000,
}, async () => {
  const leak = new URL('./testing/leak.ts', import.meta.url)
  vi.stubEnv('NODE_OPTIONS', `--import ${leak}`)
  const target = await startReferenceTarget()
  try {
    const { ok, parts } = await runFuzz({
      target,
      seed: 4,
      sessions: SESSIONS,
      kinds: ['h5live'],
    })
    expect(ok).toBe(false)
    expect(parts[0]!.findings.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^live memory grew/),
    ])
  } finally {
    await target.close()
  }
})
