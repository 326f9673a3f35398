import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startReferenceTarget } from '../targets/reference.ts'
import type { Target } from '../targets/target.ts'
import { replayFuzz } from './replay-fuzz.ts'
import { runFuzz } from './run-fuzz.ts'

const elsewhere: Target = {
  name: 'elsewhere',
  kind: 'remote',
  api: 'https://bintu.example',
  apiKey: 'x',
  close: async () => {},
}

test('a target that is not on loopback is never fuzzed', async () => {
  await expect(runFuzz({ target: elsewhere, seed: 1, seconds: 1 })).rejects.toMatchObject({
    code: 'LP_FUZZ_NOT_LOOPBACK',
  })
  await expect(
    replayFuzz({ target: elsewhere, kind: 'api', seed: 1, indexes: [1] }),
  ).rejects.toMatchObject({ code: 'LP_FUZZ_NOT_LOOPBACK' })
})

test('the reference withstands a few hundred sessions of each kind', {
  timeout: 90_000,
}, async () => {
  const target = await startReferenceTarget()
  try {
    const result = await runFuzz({ target, seed: 4, sessions: 1_100, seconds: 45 })
    expect(result.parts.flatMap((part) => part.findings)).toEqual([])
    expect(result).toMatchObject({ ok: true, exitCode: 0, saved: null })
    for (const { sessions, healthy, alive, lingering } of result.parts) {
      expect(sessions).toBeGreaterThanOrEqual(100)
      expect({ lost: healthy.lost, alive, lingering }).toEqual({
        lost: 0,
        alive: true,
        lingering: 0,
      })
    }
  } finally {
    await target.close()
  }
})

test('a crash is found, and the inputs before it are saved and replayable', {
  timeout: 60_000,
}, async () => {
  const target = await startReferenceTarget({ faults: ['crash-on-amf'] })
  const out = mkdtempSync(join(tmpdir(), 'liveproof-fuzz-'))
  try {
    const result = await runFuzz({ target, seed: 4, seconds: 20, kinds: ['rtmp'], out })
    expect(result).toMatchObject({ ok: false, exitCode: 1, saved: out })
    expect(result.parts[0]?.alive).toBe(false)
    const findings = JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8'))
    expect(findings[0].what).toBe('the process of the target ended')

    const again = await startReferenceTarget({ faults: ['crash-on-amf'] })
    const { kind, seed, indexes } = findings[0]
    await replayFuzz({ target: again, kind, seed, indexes })
    expect((await again.exited).code).not.toBe(0)
  } finally {
    await target.close()
    rmSync(out, { recursive: true })
  }
})

test('broken key material is sent to where callers encrypt', { timeout: 60_000 }, async () => {
  const target = await startReferenceTarget({ faults: ['crash-on-km'] })
  try {
    const result = await runFuzz({ target, seed: 4, seconds: 15, kinds: ['srt'] })
    expect(result.parts[0]?.alive).toBe(false)
  } finally {
    await target.close()
  }
})
