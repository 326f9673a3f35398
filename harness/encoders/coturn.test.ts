import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { buildStun, StunClass, StunMethod } from '../../reference-impl/wire/stun.ts'
import { FAKE_CAMERA, launchChromium } from '../setup/launch-chromium.ts'
import { findProgram } from '../setup/program.ts'
import { chromium, coturn } from '../setup/programs.ts'
import { BintuClient } from '../targets/bintu-client.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import { openH5LiveViewer } from '../viewers/h5live-viewer.ts'

const USER = { username: 'liveproof', password: 'relayed' }
const program = findProgram(coturn)
/** Below those that the system gives to others. */
const RELAY_PORTS = { first: 20_000, last: 20_999 }
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
    ...['--min-port', String(RELAY_PORTS.first), '--max-port', String(RELAY_PORTS.last)],
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

/** Runs in the page: whatever it connects goes over this relay, and over nothing else. */
function relayOnly({ port, username, password }: { port: number } & typeof USER): void {
  const Plain = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Plain {
    constructor(configuration: RTCConfiguration = {}) {
      const urls = `turn:127.0.0.1:${port}?transport=udp`
      const iceServers = [{ urls, username, credential: password }]
      super({ ...configuration, iceServers, iceTransportPolicy: 'relay' })
    }
  }
}

const skip = program === null || findProgram(chromium) === null

// coturn reaches loopback only when told to, as no service should be.
test.skipIf(skip)(
  'a browser that may only relay publishes over coturn',
  async () => {
    const port = await startCoturn(program ?? '')
    const target = await startReferenceTarget()
    closers.push(() => target.close())
    const client = new BintuClient({ api: target.api, apiKey: target.apiKey })
    const stream = await client.createStream()
    const browser = await launchChromium(FAKE_CAMERA)
    closers.push(() => browser.close())
    const page = await browser.newPage()
    await page.addInitScript(relayOnly, { port, ...USER })
    const url = new URL(target.reference?.webcaster ?? '')
    url.search = String(new URLSearchParams({ stream: stream.name, width: '320', height: '180' }))
    await page.goto(url.href)
    await page.waitForFunction(() => 'liveproofWebcaster' in window)
    await page.evaluate(() => window.liveproofWebcaster.start())

    const viewer = openH5LiveViewer(stream.playout.h5live, { record: false })
    closers.push(() => viewer.close())
    await viewer.frames(10)
    const seen = await fetch(`${target.reference?.observe}/ingest?stream=${stream.name}`, {
      headers: { 'X-BINTU-APIKEY': target.apiKey },
    })
    const { sessions } = (await seen.json()) as {
      sessions: { events: { type: string; remote?: string }[] }[]
    }
    const selected = sessions.flatMap(({ events }) =>
      events.filter(({ type }) => type === 'ice-selected').map(({ remote = '' }) => remote),
    )
    // coturn's relayed addresses are in this range; a port of the browser's own is not.
    expect(selected.length).toBeGreaterThan(0)
    for (const remote of selected) {
      expect(Number(remote.split(':').at(-1))).toBeGreaterThanOrEqual(RELAY_PORTS.first)
      expect(Number(remote.split(':').at(-1))).toBeLessThanOrEqual(RELAY_PORTS.last)
    }
  },
  60_000,
)
