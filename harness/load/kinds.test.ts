import { expect, test } from 'vitest'
import type { Workbench } from '../scenario/workbench.ts'
import { openKinds } from './kinds.ts'
import { parseMix } from './mix.ts'
import type { Places } from './places.ts'

const places: Places = {
  pids: [],
  playout: () => Promise.reject(new Error('clients of the API play nothing')),
}

function open(api: string, ownHosts: readonly string[] = []) {
  const bench = { target: { api, apiKey: 'secret' } } as Workbench
  return openKinds({ bench, mix: parseMix('api:3'), streams: [], places, seed: 1, ownHosts })
}

test('clients of the API get its address and key', async () => {
  const urls = ['http://127.0.0.1:8080/bintu']
  expect(await open(urls[0]!)).toEqual([
    { name: 'API', format: 'api', weight: 3, urls, apiKey: 'secret' },
  ])
})

test('they go to no host that is not one’s own, and to no server without an API', async () => {
  const elsewhere = 'https://192.0.2.1/bintu'
  await expect(open(elsewhere)).rejects.toMatchObject({ code: 'LP_LOAD_NOT_OWN' })
  await expect(open(elsewhere, ['192.0.2.1'])).resolves.toHaveLength(1)
  await expect(open('')).rejects.toMatchObject({ code: 'LP_LOAD_FORMAT' })
})
