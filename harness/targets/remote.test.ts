import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRemoteTarget } from './remote.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lp-target-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(content: unknown): string {
  const file = join(folder, 'target.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const good = { name: 'staging', api: 'https://bintu.example/', apiKeyVariable: 'STAGING_KEY' }

test('a target file names the deployment and where its key is found', () => {
  const target = readRemoteTarget(write(good), { STAGING_KEY: 'secret' })
  expect(target).toMatchObject({
    name: 'staging',
    kind: 'remote',
    api: 'https://bintu.example',
    apiKey: 'secret',
  })
})

test('a missing key names the variable that should hold it', () => {
  expect(() => readRemoteTarget(write(good), {})).toThrow(
    expect.objectContaining({
      code: 'LP_TARGET_KEY',
      message: expect.stringContaining('STAGING_KEY'),
    }),
  )
})

test.each([
  ['no JSON', '{'],
  ['a key in the file', { ...good, apiKey: 'secret' }],
  ['no address', { name: 'x', apiKeyVariable: 'X' }],
])('%s in a target file is a usage error', (_case, content) => {
  expect(() => readRemoteTarget(write(content), { STAGING_KEY: 'k' })).toThrow(
    expect.objectContaining({ code: 'LP_TARGET_FILE' }),
  )
})

test('an absent target file is a usage error', () => {
  expect(() => readRemoteTarget(join(folder, 'absent.json'))).toThrow(
    expect.objectContaining({ code: 'LP_TARGET_FILE' }),
  )
})

test('a target file may name the places that the deployment delivers from', () => {
  const edges = [
    { id: 'fra', region: 'eu', near: true, h5live: 'wss://fra.example/h5live/stream.mp4' },
    {
      id: 'iad',
      region: 'us',
      h5live: 'wss://iad.example/h5live/stream.mp4',
      rtmp: 'rtmp://i/live',
    },
  ]
  const target = readRemoteTarget(write({ ...good, edges }), { STAGING_KEY: 'secret' })
  expect(target.edges).toEqual(edges)
  const nameless = { ...good, edges: [{ region: 'eu', h5live: 'wss://fra.example/' }] }
  expect(() => readRemoteTarget(write(nameless), { STAGING_KEY: 'secret' })).toThrow(
    expect.objectContaining({ code: 'LP_TARGET_FILE' }),
  )
})
