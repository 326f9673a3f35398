import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEdges } from './edges.ts'
import { type ReferenceTarget, startReferenceTarget } from './reference.ts'
import type { Target } from './target.ts'

let reference: ReferenceTarget

beforeAll(async () => {
  reference = await startReferenceTarget()
}, 30_000)

afterAll(() => reference.close())

test('the edges of the reference are processes of their own, which can be killed', async () => {
  const { edges, close } = await openEdges(reference, ['eu', 'us'])
  try {
    const [eu, us] = edges
    expect(edges.map(({ region }) => region)).toEqual(['eu', 'us'])
    expect(eu?.client).not.toBe(us?.client)
    for (const { pid } of edges) expect(process.kill(pid!, 0)).toBe(true)
    await eu?.kill?.()
    expect(() => process.kill(eu!.pid!, 0)).toThrow('ESRCH')
    const answer = await fetch(us!.hls!.replace('/hls', '/nothing'))
    expect(answer.status).toBe(404)
  } finally {
    await close()
  }
}, 30_000)

test('a target without edges does not offer them, and one that names its own keeps them', async () => {
  const remote: Target = {
    name: 'staging',
    kind: 'remote',
    api: 'https://bintu.example',
    apiKey: 'k',
    close: async () => {},
  }
  await expect(openEdges(remote, ['eu'])).rejects.toMatchObject({ code: 'LP_TARGET_LACKS' })
  const own = [{ id: 'fra', region: 'eu', h5live: 'wss://fra.example/h5live/stream.mp4' }]
  const { edges } = await openEdges({ ...remote, edges: own }, ['eu'])
  expect(edges).toEqual(own)
})
