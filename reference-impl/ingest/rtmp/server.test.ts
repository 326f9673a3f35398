import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { buildAacFrame, buildAacSequenceHeader } from '../../wire/flv-build.ts'
import { UserControl, userControlMessage } from '../../wire/rtmp-messages.ts'
import { IngestLog } from '../ingest-log.ts'
import { createCertificate } from './certificate.ts'
import { defaultRtmpSeams } from './seams.ts'
import { type RtmpIngest, type RtmpIngestOptions, startRtmpIngest } from './server.ts'
import { RecordingGate } from './testing/recording-gate.ts'
import { SocketClient } from './testing/socket-client.ts'

const open: RtmpIngest[] = []

async function start(options: Partial<RtmpIngestOptions> = {}) {
  const log = new IngestLog()
  const gate = new RecordingGate({ 'BUSYX-12345': 'busy' })
  const base = { host: '127.0.0.1', port: 0, gate, log, seams: defaultRtmpSeams() }
  const ingest = await startRtmpIngest({ ...base, ...options })
  open.push(ingest)
  return { ingest, gate, log }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((ingest) => ingest.close()))
})

describe('the RTMP server', () => {
  it('takes a publisher over a socket', async () => {
    const { ingest, gate, log } = await start()
    const client = await SocketClient.open(ingest.port)
    expect(await client.publish('ABCDE-12345')).toBe('NetStream.Publish.Start')
    client.media(8, 0, buildAacSequenceHeader(Buffer.from('1190', 'hex')))
    client.media(8, 20, buildAacFrame(Buffer.from('abc')))
    client.command('deleteStream', 4, [null, 1])
    await client.until(() => client.commands.length === 4)
    client.socket.end()
    await client.closed
    expect(gate.publications[0]?.frames).toHaveLength(1)
    expect(await gate.publications[0]?.ended).toBe('unpublished')
    await ingest.close()
    expect(log.list('ABCDE-12345')).toMatchObject([{ closeReason: 'unpublished' }])
  })

  it('speaks TLS with its own certificate, which clients can verify', async () => {
    const tls = await createCertificate('127.0.0.1')
    const { ingest, log } = await start({ tls })
    const client = await SocketClient.open(ingest.port, tls.cert)
    expect(await client.publish('ABCDE-12345')).toBe('NetStream.Publish.Start')
    expect(log.list()).toMatchObject([{ protocol: 'rtmps' }])
    client.socket.destroy()
  })

  it('ends a connection to its TLS port that never speaks TLS', async () => {
    const tls = await createCertificate('127.0.0.1')
    const { ingest } = await start({ tls, limits: { handshakeMs: 100 } })
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(2000, 3)]) {
      const socket = connect(ingest.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.resume()
      socket.write(bytes)
      await new Promise((resolve) => socket.once('close', resolve))
      expect(socket.destroyed).toBe(true)
    }
  })

  it('delivers the refusal before it closes', async () => {
    const { ingest, log } = await start()
    const client = await SocketClient.open(ingest.port)
    expect(await client.publish('BUSYX-12345')).toBe('NetStream.Publish.BadName')
    await client.closed
    expect(log.list('BUSYX-12345')).toMatchObject([{ closeReason: 'refused' }])
  })

  it.each([
    ['handshake-timeout', { handshakeMs: 50 }, async () => undefined],
    ['publish-timeout', { publishMs: 50 }, (client: SocketClient) => client.shakeHands()],
    ['silent', { silentMs: 50 }, (client: SocketClient) => client.publish('ABCDE-12345')],
  ] as const)('keeps its deadlines by itself: %s', async (reason, limits, begin) => {
    const { ingest, log } = await start({ limits: { pingMs: 20, ...limits } })
    const client = await SocketClient.open(ingest.port)
    await begin(client)
    await client.closed
    expect(log.list().map(({ closeReason }) => closeReason)).toEqual([reason])
  })

  it('lets go of a peer that asks and asks and never reads', async () => {
    const { ingest, log } = await start({ limits: { maxUnsentBytes: 64 * 1024 } })
    const client = await SocketClient.open(ingest.port)
    await client.publish('ABCDE-12345')
    client.socket.pause()
    const ping = client.writer.write(userControlMessage(UserControl.pingRequest, 1), 2)
    const type3 = client.writer.write(userControlMessage(UserControl.pingRequest, 1), 2)
    const flood = Buffer.concat([ping, ...Array.from({ length: 20_000 }, () => type3)])
    await new Promise<void>((resolve) => {
      client.socket.once('close', () => resolve())
      const more = () => {
        while (!client.socket.destroyed && client.socket.write(flood));
        if (!client.socket.destroyed) client.socket.once('drain', more)
      }
      more()
    })
    expect(log.list()).toMatchObject([{ closeReason: 'slow-reader' }])
  })

  it('ends every session when it closes, and says so', async () => {
    const { ingest, gate, log } = await start()
    const client = await SocketClient.open(ingest.port)
    await client.publish('ABCDE-12345')
    const raw = connect(ingest.port, '127.0.0.1')
    raw.on('error', () => undefined)
    await new Promise((resolve) => raw.once('connect', resolve))
    await Promise.all([ingest.close(), ingest.close()])
    await client.closed
    expect(gate.publications[0]?.ends).toEqual(['shutdown'])
    expect(log.list('ABCDE-12345')).toMatchObject([{ closeReason: 'shutdown' }])
  })

  it('says which port it could not have', async () => {
    const { ingest } = await start()
    await expect(start({ port: ingest.port })).rejects.toMatchObject({ code: 'LP_LISTEN' })
  })

  it('survives a gate that breaks its promise never to reject', async () => {
    const gate = {
      request: () => Promise.reject(new Error('a bug of ours')),
    }
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { ingest, log } = await start({ gate })
    const client = await SocketClient.open(ingest.port)
    await expect(client.publish('ABCDE-12345')).rejects.toThrow('closed')
    expect(log.list()).toMatchObject([{ closeReason: 'internal-error' }])
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
  })
})
