import { afterEach, expect, test } from 'vitest'
import { startTestServer } from '../../viewers/test-server.ts'
import type { ProbeContext } from '../probe-context.ts'
import { readRefusal } from './refusal.ts'

let close = async () => {}
afterEach(() => close())

async function ask(handlers: Parameters<typeof startTestServer>[0]) {
  const server = await startTestServer(handlers)
  close = server.close
  const context = {
    target: { kind: 'reference' },
    signal: AbortSignal.timeout(10_000),
  } as ProbeContext
  return readRefusal(context, server.ws)
}

const status = (code: number) =>
  JSON.stringify({ type: 'status', data: { status: 'error', code, message: 'no' } })

test('a code in text and a close frame are a refusal', async () => {
  const refusal = await ask({
    socket: (socket) => {
      socket.send(status(2001))
      socket.close(4404)
    },
  })
  expect(refusal).toMatchObject({ code: 2001, fault: null })
  expect(refusal.story).toContain('closed by server with 4404')
})

test('an HTTP answer instead of a WebSocket is one, too', async () => {
  expect(await ask({})).toMatchObject({ code: 4403, fault: null })
})

test('a socket that stays open is none', async () => {
  const refusal = await ask({ socket: (socket) => socket.send(status(2001)) })
  expect(refusal.fault).toContain('still open')
})

test('a close without a code is none', async () => {
  const refusal = await ask({ socket: (socket) => socket.close(4404) })
  expect(refusal.fault).toContain('no reason was given')
})

test('a connection that breaks is none', async () => {
  const refusal = await ask({ socket: (socket) => socket.terminate() })
  expect(refusal.fault).toContain('broke without an answer')
})
