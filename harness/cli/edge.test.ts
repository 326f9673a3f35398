import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function run(args: readonly string[], secret?: string): ChildProcess {
  const env = secret === undefined ? process.env : { ...process.env, LIVEPROOF_FEED_SECRET: secret }
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  children.push(child)
  return child
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(30_000)
  const [line] = (await once(createInterface(child.stdout!), 'line', { signal })) as [string]
  return JSON.parse(line) as Record<string, unknown>
}

interface Serving {
  readonly api: string
  readonly apiKey: string
  readonly feed: { readonly url: string; readonly secret: string }
  readonly edges: readonly { readonly id: string; readonly region: string }[]
}

test('edges start with a reference, or join it, and leave at Ctrl-C', async () => {
  const serving = (await firstLine(run(['serve', '--edges', '1', '--json']))) as unknown as Serving
  const { feed, edges, api, apiKey } = serving
  expect(edges).toMatchObject([{ id: 'eu-1', region: 'eu' }])

  const stranger = run(['edge', '--origin', feed.url], 'guessed')
  expect(await once(stranger, 'close')).toEqual([3, null])

  const child = run(
    ['edge', '--origin', feed.url, '--region', 'us', '--id', 'b', '--json'],
    feed.secret,
  )
  const closed = once(child, 'close')
  expect(await firstLine(child)).toMatchObject({
    schema: 'liveproof/edge@1',
    id: 'b',
    region: 'us',
  })
  const known = async () => {
    const headers = { 'X-BINTU-APIKEY': apiKey }
    const answer = await fetch(`${api}/observe/cdn`, { headers })
    const { edges: all } = (await answer.json()) as { edges: { id: string; alive: boolean }[] }
    return all.filter(({ alive }) => alive).map(({ id }) => id)
  }
  await expect.poll(known).toEqual(['eu-1', 'b'])
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
  await expect.poll(known).toEqual(['eu-1'])
}, 60_000)
