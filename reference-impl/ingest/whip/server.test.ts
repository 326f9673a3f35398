import { afterEach, describe, expect, it } from 'vitest'
import { IngestLog } from '../ingest-log.ts'
import { RecordingGate } from '../rtmp/testing/recording-gate.ts'
import type { WhipLimits } from './limits.ts'
import { defaultWhipSeams } from './seams.ts'
import { startWhipIngest, type WhipIngest } from './server.ts'
import { OFFER } from './testing/offer.ts'

const NAME = 'AAAAA-BBBBB'
const ingests: WhipIngest[] = []
afterEach(async () => {
  await Promise.all(ingests.splice(0).map((ingest) => ingest.close()))
})

async function start(limits: Partial<WhipLimits> = {}, elsewhere?: string) {
  const gate = new RecordingGate({ 'LOCKD-BBBBB': 'locked', 'TAKEN-BBBBB': 'duplicate' })
  const log = new IngestLog()
  const seams = defaultWhipSeams()
  const location = () => elsewhere
  const options = { host: '127.0.0.1', port: 0, gate, log, seams, limits, location }
  const ingest = await startWhipIngest(options)
  ingests.push(ingest)
  const base = `http://127.0.0.1:${ingest.port}`
  const send = (path: string, method: string, init: RequestInit = {}) =>
    fetch(new URL(path, base), { method, redirect: 'manual', ...init })
  const offer = (path: string, init: { token?: string; type?: string; body?: string } = {}) =>
    send(path, 'POST', {
      headers: {
        'Content-Type': init.type ?? 'application/sdp',
        ...(init.token ? { Authorization: `Bearer ${init.token}` } : {}),
      },
      body: init.body ?? OFFER,
    })
  return { ingest, gate, log, send, offer }
}

const vendor = (name = NAME, url = 'rtmp://127.0.0.1/live') =>
  `/p/webrtc?${new URLSearchParams({ stream_name: name, stream_url: url })}`

describe('WHIP', () => {
  it("takes an offer in the vendor's form, and ends the session on DELETE", async () => {
    const { offer, send, gate, log } = await start()
    const answer = await offer(vendor(`${NAME}?pass=x`))
    expect(answer.status).toBe(201)
    expect(await answer.text()).toContain('a=setup:passive')
    expect(gate.publishers[0]?.params).toEqual({ pass: 'x' })
    const session = answer.headers.get('location') ?? ''
    expect((await send(session, 'DELETE')).status).toBe(200)
    expect(await gate.publications[0]?.ended).toBe('unpublished')
    expect((await send(session, 'DELETE')).status).toBe(404)
    expect(log.list(NAME).map(({ closeReason }) => closeReason)).toEqual(['unpublished'])
  })

  it('sends clients with a token to the ingest location, and wants the token there', async () => {
    const { offer } = await start()
    const first = await offer(`/whip/${NAME}`, { token: NAME })
    expect(first.status).toBe(307)
    const there = first.headers.get('location') ?? ''
    expect((await offer(there)).status).toBe(401)
    expect((await offer(there, { token: 'wrong' })).status).toBe(401)
    expect((await offer(there, { token: NAME })).status).toBe(201)
  })

  it('sends clients to another host without need of the token, which they would not take along', async () => {
    const elsewhere = 'http://127.0.0.9:9'
    const { offer } = await start({}, elsewhere)
    const sentTo = async (path: string, token = '') =>
      (await offer(path, { token })).headers.get('location')
    expect(await sentTo(`/whip/${NAME}`, NAME)).toBe(`${elsewhere}/ingest/local/webrtc/${NAME}`)
    expect(await sentTo(`/webrtc/${NAME}`)).toBe(`${elsewhere}/ingest/local/webrtc/${NAME}`)
    for (const token of ['', 'wrong']) {
      expect(await sentTo(`/whip/${NAME}`, token)).toBe(`/ingest/local/whip/${NAME}`)
    }
  })

  it.each([
    ['an unknown path', '/nowhere', {}, 404],
    ['no stream name', '/p/webrtc?stream_url=rtmp://x/live', {}, 400],
    ['no stream address', '/p/webrtc?stream_name=x', {}, 400],
    ['a stream address that is none', vendor(NAME, 'http://169.254.169.254/'), {}, 400],
    ['another content type', vendor(), { type: 'text/plain' }, 415],
    ['no description', vendor(), { body: 'hello' }, 400],
    ['no codec that is served', vendor(), { body: OFFER.replace(/H264|opus/g, 'VP8') }, 422],
    ['a body that is too large', vendor(), { body: 'a'.repeat(70_000) }, 413],
    ['a name that is none', vendor('x'), {}, 404],
    ['a locked stream', vendor('LOCKD-BBBBB'), {}, 403],
    ['a stream that is published', vendor('TAKEN-BBBBB'), {}, 409],
  ])('refuses %s with a reason', async (_what, path, init, status) => {
    const { offer, ingest } = await start()
    const answer = await offer(path, init)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } })
    expect(ingest.sessions()).toBe(0)
  })

  it('ends a session whose ICE is never finished, and counts sessions', async () => {
    const { offer, gate } = await start({ connectMs: 100, maxSessions: 1 })
    expect((await offer(vendor())).status).toBe(201)
    expect((await offer(vendor('CCCCC-BBBBB'))).status).toBe(503)
    expect(await gate.publications[0]?.ended).toBe('disconnected')
    expect((await offer(vendor('CCCCC-BBBBB'))).status).toBe(201)
  })

  it('ends the session of a publication that somebody else ends', async () => {
    const { offer, send, gate, ingest } = await start()
    const answer = await offer(vendor())
    gate.publications[0]?.revoke('stopped')
    expect(ingest.sessions()).toBe(0)
    const patch = await send(answer.headers.get('location') ?? '', 'PATCH', {
      headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' },
      body: 'a=end-of-candidates\r\n',
    })
    expect(patch.status).toBe(404)
  })
})
