import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestApi } from './testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lp-data-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('streams, key and organisation outlive the process', async () => {
  const dataDir = join(folder, 'made', 'when-missing')
  const first = await startTestApi({ dataDir })
  const stream = await first.create(['kept'])
  first.directory.apply(stream.ingest!.rtmp.streamname, 'publish')
  await first.close()

  const second = await startTestApi({ dataDir })
  expect(second.apiKey).toBe(first.apiKey)
  const { json } = await second.call('GET', `/stream/${stream.id}`)
  expect(json).toMatchObject({ ingest: stream.ingest, tags: ['kept'], state: 'ended' })
  const other = await second.create()
  expect(other.ingest!.rtmp.streamname.slice(0, 5)).toBe(stream.ingest!.rtmp.streamname.slice(0, 5))
  await second.close()
})

test('a key that is given replaces the stored one', async () => {
  await (await startTestApi({ dataDir: folder })).close()
  const api = await startTestApi({ dataDir: folder, apiKey: 'given' })
  expect((await api.call('GET', '/organisation')).status).toBe(200)
  await api.close()
})

test('a second process is kept out of the data of the first', async () => {
  const first = await startTestApi({ dataDir: folder })
  await first.create()
  await expect(startTestApi({ dataDir: folder })).rejects.toMatchObject({ code: 'LP_DATA_IN_USE' })
  expect((await first.call('POST', '/stream')).status).toBe(200)
  await first.close()
})

test('data of a newer version are left alone', async () => {
  const db = new DatabaseSync(join(folder, 'bintu.sqlite'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  await expect(startTestApi({ dataDir: folder })).rejects.toMatchObject({ code: 'LP_DATA_VERSION' })
})

test.each([
  ['a file where the folder should be', () => join(folder, 'file')],
  ['a file that is no database', () => folder],
])('%s is said clearly', async (_name, dataDir) => {
  writeFileSync(join(folder, 'file'), 'text')
  writeFileSync(
    join(folder, 'bintu.sqlite'),
    'this is no database, but it is long enough to be one',
  )
  await expect(startTestApi({ dataDir: dataDir() })).rejects.toMatchObject({ code: 'LP_DATA_DIR' })
})

test('a port that is taken closes the store again', async () => {
  const first = await startTestApi()
  const taken = startTestApi({ port: first.port, dataDir: folder })
  await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await (await startTestApi({ dataDir: folder })).close()
  await first.close()
})
