import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SrtCallerEvent } from '../../wire/srt-caller.ts'
import { IngestLog } from '../ingest-log.ts'
import { RecordingGate } from '../rtmp/testing/recording-gate.ts'
import { defaultSrtSeams } from './seams.ts'
import { type SrtIngest, type SrtIngestOptions, startSrtIngest } from './server.ts'
import { SrtCallerSocket } from './testing/caller-socket.ts'
import { TsSource } from './testing/ts-source.ts'

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function start(options: Partial<SrtIngestOptions> = {}) {
  const log = new IngestLog()
  const gate = new RecordingGate()
  const base = { host: '127.0.0.1', port: 0, gate, log, seams: defaultSrtSeams() }
  const ingest = await startSrtIngest({ ...base, ...options })
  open.push(ingest)
  return { ingest, gate, log }
}

/** Calls and resolves with the first event; later ones go to `later`. */
async function call(ingest: SrtIngest, streamId: string, host = '127.0.0.1') {
  const first = Promise.withResolvers<SrtCallerEvent>()
  const later: SrtCallerEvent[] = []
  let next: (event: SrtCallerEvent) => void = first.resolve
  const closed = Promise.withResolvers<SrtCallerEvent>()
  const socket = new SrtCallerSocket({
    ...{ host, port: ingest.port, streamId, latencyMs: 120 },
    onEvent(event) {
      next(event)
      next = (more) => {
        later.push(more)
        closed.resolve(more)
      }
    },
  })
  open.push(socket)
  return { socket, event: await first.promise, closed: closed.promise }
}

describe('the SRT server', () => {
  it('serves many callers on one port', async () => {
    const { ingest, gate, log } = await start()
    const names = ['AAAAA-11111', 'BBBBB-22222', 'CCCCC-33333']
    const calls = await Promise.all(names.map((name) => call(ingest, name)))
    expect(ingest.sessions).toBe(3)
    for (const { socket } of calls) {
      for (const payload of new TsSource().next()) expect(socket.send(payload)).toBe(true)
    }
    await Promise.all(calls.map(({ socket }) => socket.shutdown()))
    await Promise.all(gate.publications.map(({ ended }) => ended))
    expect(log.list().map(({ stream }) => stream)).toEqual(names)
    for (const record of log.list()) {
      expect(record.closeReason).toBe('unpublished')
      expect(record.frames.at).toHaveLength(1)
    }
  })

  it('listens on IPv6', async () => {
    const { ingest } = await start({ host: '::1' })
    const { event } = await call(ingest, 'AAAAA-11111', '::1')
    expect(event).toMatchObject({ type: 'connected' })
  })

  it('knows how many datagrams the kernel dropped', async () => {
    const { ingest } = await start()
    expect(ingest.kernelDrops).toBe(process.platform === 'linux' ? 0 : null)
  })

  it('tells its callers when it closes', async () => {
    const { ingest, gate } = await start()
    const { closed } = await call(ingest, 'AAAAA-11111')
    await Promise.all([ingest.close(), ingest.close()])
    expect(await closed).toEqual({ type: 'closed', reason: 'peer' })
    expect(gate.publications[0]?.ends).toEqual(['shutdown'])
  })

  it('says which port it could not have', async () => {
    const { ingest } = await start()
    await expect(start({ port: ingest.port })).rejects.toMatchObject({ code: 'LP_LISTEN' })
  })

  it('takes no passphrase that SRT does not allow', async () => {
    await expect(start({ passphrase: 'short' })).rejects.toThrow(TypeError)
  })

  it('survives a gate that breaks its promise never to reject', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const gate = { request: () => Promise.reject(new Error('a bug of ours')) }
    const { ingest } = await start({ gate })
    const { event } = await call(ingest, 'AAAAA-11111')
    expect(event).toEqual({ type: 'rejected', reason: 1503 })
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
  })
})
