import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestIngest, type TestIngest } from '../../encoders/testing/accept-all.ts'
import { MAX_FAILED_LOGINS, MAX_FORM_BYTES } from './limits.ts'
import { type RunningTalon, startTalon } from './start-talon.ts'

let ingest: TestIngest
let talon: RunningTalon

beforeEach(async () => {
  ingest = await startTestIngest()
  talon = await startTalon({ rtmp: ingest.url, whip: null, srt: null, allow: [] })
})
afterEach(async () => {
  await talon.close()
  await ingest.close()
})

interface Sent {
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly body?: string
}

function send(path: string, { form, headers, body }: Sent = {}): Promise<Response> {
  const posted = body ?? (form ? new URLSearchParams(form).toString() : undefined)
  return fetch(new URL(path, talon.url), {
    redirect: 'manual',
    ...(posted === undefined ? {} : { method: 'POST', body: posted }),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  })
}

/** A browser that is logged in: its cookie, and the token of its forms. */
async function login(): Promise<{ headers: Record<string, string>; token: string }> {
  const answer = await send('/login', { form: { username: 'admin', password: 'osprey' } })
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^talon=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/)
  const headers = { Cookie: cookie.split(';')[0] ?? '' }
  const page = await (await send('/status', { headers })).text()
  return { headers, token: /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '' }
}

/** Resolves once the channel is in that state. */
async function until(headers: Record<string, string>, state: string) {
  for (;;) {
    const status = (await (await send('/status.json', { headers })).json()) as { state: string }
    if (status.state === state) return status
  }
}

describe('a virtual Talon', () => {
  it('streams what its form says, and says goodbye at Stop', async () => {
    const { headers, token } = await login()
    const form = { token, streamKey: 'ABCDE-XYZ12', encoding: '360p30' }
    const published = ingest.nextPublication()
    expect((await send('/actions/start', { form, headers })).headers.get('location')).toBe(
      '/status',
    )
    await published
    expect(await until(headers, 'streaming')).toMatchObject({
      protocol: 'nanocosmos (RTMP)',
      destination: ingest.url,
      reconnects: 0,
    })
    expect((await send('/actions/start', { form, headers })).status).toBe(409)
    expect((await send('/actions/stop', { form: { token }, headers })).status).toBe(303)
    await until(headers, 'stopped')
    const names = ingest
      .records('ABCDE-XYZ12')
      .flatMap(({ events }) => events.flatMap(({ name }) => (name ? [name] : [])))
    expect(names.slice(-2)).toEqual(['FCUnpublish', 'deleteStream'])
    expect(names.filter((name) => name === 'publish')).toHaveLength(1)
  })

  it('says that it tries again while its server is gone, and can be stopped then', async () => {
    const { headers, token } = await login()
    await send('/actions/start', { form: { token, streamKey: 'ABCDE-XYZ12' }, headers })
    await until(headers, 'streaming')
    await ingest.close()
    await until(headers, 'interrupted')
    await send('/actions/stop', { form: { token }, headers })
    await until(headers, 'stopped')
  })

  it('says why a stream failed', async () => {
    const { headers, token } = await login()
    ingest.refusal = 'unknown'
    await send('/actions/start', { form: { token, streamKey: 'ABCDE-XYZ12' }, headers })
    expect(await until(headers, 'failed')).toMatchObject({
      message: expect.stringMatching(/BadName.*LP_ENCODER_REFUSED/),
    })
  })

  it('starts nothing with a bad form, says what is wrong, and shows it as text', async () => {
    const { headers, token } = await login()
    const form = { token, destinationUrl: '"><script>x</script>', streamKey: '' }
    const answer = await send('/actions/start', { form, headers })
    expect(answer.status).toBe(422)
    const page = await answer.text()
    expect(page).toContain('The URL begins with rtmp:// or rtmps://.')
    expect(page).toContain('&quot;&gt;&lt;script&gt;')
    expect(page).not.toContain('<script>x')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    await until(headers, 'stopped')
  })

  it('lets nobody in without its password, and not for ever with wrong ones', async () => {
    expect((await send('/status')).headers.get('location')).toBe('/login')
    expect((await send('/status.json')).status).toBe(401)
    const start = await send('/actions/start', { form: { streamKey: 'ABCDE-XYZ12' } })
    expect(start.headers.get('location')).toBe('/login')
    for (let i = 0; i < MAX_FAILED_LOGINS; i++) {
      const answer = await send('/login', { form: { username: 'admin', password: `guess ${i}` } })
      expect(answer.status).toBe(401)
    }
    const right = await send('/login', { form: { username: 'admin', password: 'osprey' } })
    expect(right.status).toBe(429)
  })

  it('takes forms from its own pages only', async () => {
    const { headers, token } = await login()
    const form = { streamKey: 'ABCDE-XYZ12' }
    expect((await send('/actions/start', { form, headers })).status).toBe(403)
    const foreign = { ...headers, Origin: 'https://evil.example' }
    const sent = await send('/actions/start', { form: { ...form, token }, headers: foreign })
    expect(sent.status).toBe(403)
    const status = await new Promise((resolve) => {
      const { port } = new URL(talon.url)
      const options = { port, host: '127.0.0.1', headers: { Host: `evil.example:${port}` } }
      request(options, (response) => resolve(response.resume().statusCode)).end()
    })
    expect(status).toBe(421)
    await until(headers, 'stopped')
  })

  it('forgets a login at log out', async () => {
    const { headers, token } = await login()
    await send('/logout', { form: { token }, headers })
    expect((await send('/status.json', { headers })).status).toBe(401)
  })

  it('bounds what it reads, and outlives what is no HTTP', async () => {
    const { headers, token } = await login()
    const big = await send('/actions/start', { body: 'x'.repeat(MAX_FORM_BYTES + 1), headers })
    expect(big.status).toBe(413)
    const other = { ...headers, 'Content-Type': 'application/json' }
    expect((await send('/actions/start', { body: '{}', headers: other })).status).toBe(415)
    expect((await send('/nowhere', { headers })).status).toBe(404)
    expect((await send('/nowhere', { form: { token }, headers })).status).toBe(404)
    for (const bytes of ['\0\0\0\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`]) {
      await new Promise((resolve) => {
        const socket = connect(Number(new URL(talon.url).port), '127.0.0.1')
        socket.on('error', () => {}).on('close', resolve)
        socket.resume().write(bytes)
      })
    }
    expect((await send('/status.json', { headers })).status).toBe(200)
  })
})
