import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StreamObject } from './stream-object.ts'

const KILLS = 12
const WRITERS = 8
const program = fileURLToPath(new URL('testing-process.ts', import.meta.url))

let folder: string
const children = new Set<ChildProcess>()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lp-durable-'))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

interface Running {
  call(method: string, path: string, body?: unknown): Promise<unknown>
  kill(): Promise<void>
}

async function start(faults: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [program, folder, ...faults], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const [line] = await once(createInterface(child.stdout), 'line')
  const { base, apiKey } = JSON.parse(line) as { base: string; apiKey: string }
  return {
    async call(method, path, body) {
      const response = await fetch(base + path, {
        method,
        headers: { 'x-bintu-apikey': apiKey, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
      return response.json()
    },
    async kill() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      children.delete(child)
    },
  }
}

/** What a stream must look like now; a write without an answer may or may not have happened. */
interface Expected {
  tags: string
  unanswered?: string
  live: boolean
}

/** Writes from eight writers at once until `acknowledged` answers have come, then kills. */
async function writeAndKill(
  api: Running,
  expected: Map<string, Expected>,
  acknowledged: number,
): Promise<void> {
  let answers = 0
  let killed: Promise<void> | undefined
  const answered = () => {
    if (++answers >= acknowledged) killed ??= api.kill()
  }
  const writer = async (number: number) => {
    for (let turn = 0; ; turn++) {
      const { id, ingest } = (await api.call('POST', '/stream', { tags: ['new'] })) as StreamObject
      const stream: Expected = { tags: 'new', live: false }
      expected.set(id, stream)
      answered()
      stream.unanswered = `${number}/${turn}`
      await api.call('PUT', `/stream/${id}/tag`, { tags: [stream.unanswered] })
      stream.tags = stream.unanswered
      answered()
      await api.call('PUT', `/live/${ingest!.rtmp.streamname}`)
      stream.live = true
      answered()
    }
  }
  const writers = Array.from({ length: WRITERS }, (_, number) => writer(number))
  const ends = await Promise.allSettled(writers)
  await killed
  // A writer ends by the kill alone.
  for (const end of ends) expect(end).toMatchObject({ reason: { message: 'fetch failed' } })
}

/** Kills and restarts; returns what was acknowledged and is not there. */
async function lostWrites(kills: number, faults: readonly string[]): Promise<string[]> {
  const expected = new Map<string, Expected>()
  const lost: string[] = []
  for (let round = 0; round < kills; round++) {
    await writeAndKill(await start(faults), expected, 10 + ((round * 37) % 90))
    const api = await start(faults)
    for (const [id, { tags, unanswered, live }] of expected) {
      const found = await api.call('GET', `/stream/${id}`).catch(() => undefined)
      const { state, tags: stored = [] } = (found ?? {}) as Partial<StreamObject>
      const right = [tags, unanswered].includes(stored.join()) && (!live || state === 'ended')
      if (!right) lost.push(`${id}: ${JSON.stringify({ state, stored })}`)
      expect(state).not.toBe('live')
    }
    await api.kill()
  }
  expect(expected.size).toBeGreaterThan(kills * 3)
  return lost
}

test(`no acknowledged write is lost in ${KILLS} kills, and nothing stays live`, async () => {
  expect(await lostWrites(KILLS, [])).toEqual([])
}, 120_000)

test('the proof can fail: acknowledged before it is written, it is lost', async () => {
  expect(await lostWrites(1, ['write-behind'])).not.toEqual([])
}, 60_000)
