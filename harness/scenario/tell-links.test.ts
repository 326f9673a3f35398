import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LinkedStage } from '../conformance/resilience/on-links.ts'
import { openScenario } from './context.ts'
import { emptyOutcome } from './result.ts'

let server: Server
let runDir: string

beforeEach(async () => {
  runDir = mkdtempSync(join(tmpdir(), 'lp-links-'))
  server = createServer((socket) => socket.on('error', () => {}).pipe(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  server.close()
  rmSync(runDir, { recursive: true, force: true })
})

function environment() {
  const target = { name: 'nobody', kind: 'remote', api: 'http://127.0.0.1:1', apiKey: '' } as const
  return { target, seed: 1, thresholds: [], runDir }
}

test('the link of a probe is told in the report like one of the scenario', async () => {
  const outcome = emptyOutcome()
  const { context, close } = await openScenario({
    environment: environment(),
    outcome,
    signal: new AbortController().signal,
    concurrent: true,
    ownReference: false,
  })
  const stage = new LinkedStage(context.workbench)
  const { port } = server.address() as AddressInfo
  const { link, url } = await stage.link(`rtmp://127.0.0.1:${port}/live`)
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
  socket.on('error', () => {}).write('hello')
  await once(socket, 'data')
  await link.blackout(20)
  link.reset()
  await stage.close()
  await close(true)

  expect(outcome.link).toBe('probe')
  expect(outcome.links).toMatchObject([{ name: 'probe', role: 'ingest', seed: 4 }])
  expect(outcome.links[0]!.up.deliveredBytes).toBeGreaterThan(0)
  expect(outcome.links[0]!.bands.map(({ kind }) => kind)).toEqual(['blackout'])
  expect(outcome.marks.map(({ kind }) => kind)).toEqual(['reset'])
  expect(outcome.artifacts).toHaveLength(2)
})
