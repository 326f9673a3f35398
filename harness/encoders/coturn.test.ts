import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import nodeDataChannel from 'node-datachannel'
import { afterEach, expect, test } from 'vitest'
import { buildStun, StunClass, StunMethod } from '../../reference-impl/wire/stun.ts'
import { findProgram } from '../setup/program.ts'
import { coturn } from '../setup/programs.ts'
import { BintuClient } from '../targets/bintu-client.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import { addTrack, closePeer, openPeer } from './whip-library.ts'

const USER = { username: 'liveproof', password: 'relayed' }
const program = findProgram(coturn)
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

/** Resolves once a STUN server answers there. */
async function answers(port: number): Promise<void> {
  const socket = createSocket('udp4')
  const request = { method: StunMethod.binding, class: StunClass.request }
  const bytes = buildStun({ ...request, transaction: Buffer.alloc(12, 1), attributes: [] })
  // What is sent before it listens is lost, or refused.
  socket.on('error', () => undefined)
  const timer = setInterval(() => socket.send(bytes, port, '127.0.0.1'), 50)
  try {
    await once(socket, 'message', { signal: AbortSignal.timeout(10_000) })
  } finally {
    clearInterval(timer)
    socket.close()
  }
}

/** coturn on loopback, for one user; resolves with its port once it listens. */
async function startCoturn(path: string): Promise<number> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'liveproof-coturn-'))
  const child: ChildProcess = spawn(path, [
    ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--no-tcp', '--no-tcp-relay', '--lt-cred-mech'],
    ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port)],
    ...['--user', `${USER.username}:${USER.password}`, '--realm', 'liveproof'],
    ...['--allow-loopback-peers', '--log-file', 'stdout', '--simple-log'],
    ...['--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db')],
  ])
  closers.push(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  child.stdout?.resume()
  child.stderr?.resume()
  await answers(port)
  return port
}

/** coturn reaches loopback only when told to, which no service should be. */
test.skipIf(program === null)(
  'publishes over WHIP through coturn and nothing else',
  {
    timeout: 30_000,
  },
  async () => {
    const port = await startCoturn(program ?? '')
    const target = await startReferenceTarget()
    closers.push(() => target.close())
    const client = new BintuClient({ api: target.api, apiKey: target.apiKey })
    const stream = await client.createStream()

    const peer = openPeer({
      iceServers: [{ hostname: '127.0.0.1', port, ...USER, relayType: 'TurnUdp' }],
      iceTransportPolicy: 'relay',
      bindAddress: '127.0.0.1',
    })
    closers.push(() => closePeer(peer))
    const video = new nodeDataChannel.Video('0', 'SendOnly')
    video.addH264Codec(96)
    video.addSSRC(77, 'relayed', 'relayed', 'relayed-video')
    const track = addTrack(peer, video)
    const gathered = new Promise<void>((resolve) => {
      peer.onGatheringStateChange((state) => state === 'complete' && resolve())
    })
    const open = new Promise<void>((resolve) => track.onOpen(resolve))
    peer.setLocalDescription('offer')
    await gathered
    const offer = peer.localDescription()?.sdp ?? ''
    const candidates = [...offer.matchAll(/^a=candidate:.* (\S+) (\d+) typ (\w+)/gm)]
    expect(candidates.map(([, , , type]) => type)).toEqual(['relay'])

    const response = await fetch(stream.ingest.webrtc ?? '', {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp' },
      body: offer,
    })
    expect(response.status).toBe(201)
    peer.setRemoteDescription(await response.text(), 'answer')
    await open

    // What the ingest saw came from the relayed address, and from nowhere else.
    const seen = await fetch(`${target.reference?.observe}/ingest?stream=${stream.name}`, {
      headers: { 'X-BINTU-APIKEY': target.apiKey },
    })
    const { sessions } = (await seen.json()) as {
      sessions: { events: { type: string; remote?: string }[] }[]
    }
    const selected = sessions
      .flatMap(({ events }) => events)
      .filter((it) => it.type === 'ice-selected')
    const [relayed] = candidates
    expect(selected.map(({ remote }) => remote)).toEqual([`127.0.0.1:${relayed?.[2]}`])
    expect(selected[0]?.remote).not.toBe(`127.0.0.1:${port}`)
  },
)
