import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OFFER } from '../ingest/whip/testing/offer.ts'
import { startReference } from '../server.ts'
import { buildStun, parseStun, StunClass, StunMethod } from '../wire/stun.ts'

let reference: Awaited<ReturnType<typeof startReference>>
beforeAll(async () => {
  reference = await startReference({ host: '127.0.0.1' })
})
afterAll(() => reference.close())

const create = (body: unknown, key = reference.addresses.apiKey) =>
  fetch(`${reference.addresses.api}/api/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })

describe("Livepeer's workflow", () => {
  it('creates a stream, follows the redirect, finds STUN at the host, and publishes', async () => {
    const made = await create({ name: 'a stream' })
    expect(made.status).toBe(201)
    const stream = (await made.json()) as { streamKey: string; playbackId: string }
    expect(stream).toMatchObject({ name: 'a stream', kind: 'stream', isActive: false })
    const asked = new URL(`/webrtc/${stream.streamKey}`, reference.addresses.whip.url)
    const head = await fetch(asked, { method: 'HEAD', redirect: 'manual' })
    expect(head.status).toBe(307)
    const there = new URL(head.headers.get('location') ?? '', asked)
    expect((await fetch(there, { method: 'HEAD' })).status).toBe(200)

    const socket = createSocket('udp4')
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(5_000) })
    const transaction = Buffer.alloc(12, 1)
    const request = { method: StunMethod.binding, class: StunClass.request, transaction }
    socket.send(buildStun({ ...request, attributes: [] }), Number(there.port), there.hostname)
    expect(parseStun((await answer)[0] as Buffer).class).toBe(StunClass.success)
    socket.close()

    const headers = { 'Content-Type': 'application/sdp' }
    const posted = await fetch(there, { method: 'POST', headers, body: OFFER })
    expect(posted.status).toBe(201)
  })

  it('has a page by playback id, which does not need a key', async () => {
    const { playbackId, streamKey } = (await (await create({ name: 'b' })).json()) as {
      playbackId: string
      streamKey: string
    }
    const page = await fetch(`${reference.addresses.api}/iframe/${playbackId}`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const source = /<iframe [^>]*src="([^"]+)"/.exec(await page.text())?.[1] ?? ''
    expect(new URL(source).searchParams.get('stream')).toBe(streamKey)
    expect((await fetch(source)).status).toBe(200)
  })

  it.each([
    ['no name', {}, undefined, 422],
    ['another key', { name: 'x' }, 'wrong', 401],
  ])('refuses %s', async (_what, body, key, status) => {
    expect((await create(body, key)).status).toBe(status)
  })

  it.each(['none', '0'.repeat(32), '%00', '..%2f..'])('has no page for %s', async (id) => {
    expect((await fetch(`${reference.addresses.api}/iframe/${id}`)).status).toBe(404)
  })
})
