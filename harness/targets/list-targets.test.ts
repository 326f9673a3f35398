import { afterEach, expect, test, vi } from 'vitest'
import { listTargets } from './list-targets.ts'

afterEach(() => vi.unstubAllEnvs())

test('the reference comes first and can all', () => {
  const [reference] = listTargets()
  expect(reference).toMatchObject({ id: 'reference', missing: null })
  expect(reference?.summary).toContain('takes rtmp, rtmps, srt, whip')
  expect(reference?.summary).toContain('API, ingest records, edges')
})

test('a peer says what it can, and what is missing for it', () => {
  vi.stubEnv('NGINX_PATH', '/nowhere/nginx')
  const nginx = listTargets().find(({ id }) => id === 'nginx-rtmp')
  expect(nginx?.summary).toContain('takes rtmp; delivers rtmp; no API, no ingest records; missing:')
  expect(nginx).toMatchObject({ version: null, missing: expect.stringContaining('nginx') })
})
