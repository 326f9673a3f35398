import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { loadProfile } from './load-profile.ts'
import { startEncoder } from './start-encoder.ts'
import { startTestIngest, type TestIngest } from './testing/accept-all.ts'

/** Enough to fill what the kernel buffers on loopback within a fraction of a second. */
const FLOOD = { kind: 'filler', kbps: 160_000 } as const
const streamName = 'ABCDE-XYZ12'

let ingest: TestIngest
let stopReading: () => void
let readOn: () => void
let url: string
let close: () => Promise<unknown>

/** A relay to the ingest that can stop reading from the encoder. */
beforeEach(async () => {
  ingest = await startTestIngest()
  const sockets: Socket[] = []
  const relay = createServer((encoder) => {
    const onward = connect(Number(new URL(ingest.url).port), '127.0.0.1')
    sockets.push(encoder, onward)
    for (const socket of [encoder, onward]) socket.on('error', () => socket.destroy())
    encoder.pipe(onward).pipe(encoder)
    stopReading = () => void encoder.unpipe(onward).pause()
    readOn = () => void encoder.pipe(onward)
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  url = `rtmp://127.0.0.1:${(relay.address() as { port: number }).port}/live`
  close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => relay.close(resolve))
    await ingest.close()
  }
})
afterEach(() => close())

async function publishThroughStall(congestion: Behaviour['congestion']) {
  const profile = loadProfile('obs-29')
  const behaviour: Behaviour = { ...profile.behaviour, congestion, misbehaviours: [FLOOD] }
  const encoder = await startEncoder({
    profile: { ...profile, behaviour },
    to: { url, streamName },
  })
  await delay(300)
  stopReading()
  await delay(2_000)
  const sentInStall = encoder.stats.bytesSent
  readOn()
  const before = encoder.stats.framesSent
  while (encoder.stats.framesSent < before + 120) await delay(20)
  await encoder.stop()
  const video = ingest.published[0]?.frames.filter(({ track }) => track === 'video') ?? []
  const steps = video.slice(1).map(({ dts }, i) => (dts - (video[i]?.dts ?? 0)) / 90)
  return { encoder, video, steps, sentInStall }
}

it('drops P frames up to the next key frame, as OBS does', async () => {
  const { encoder, video, steps } = await publishThroughStall({ kind: 'drop', dropAfterMs: 300 })
  expect(encoder.stats.framesDropped).toBeGreaterThan(5)
  const gap = steps.findIndex((step) => step > 100)
  expect(gap).toBeGreaterThan(0)
  expect(video[gap + 1]?.key).toBe(true)
})

it('waits and sends everything late, as ffmpeg does', async () => {
  const { encoder, steps, sentInStall } = await publishThroughStall({ kind: 'block' })
  expect(encoder.stats.framesDropped).toBe(0)
  expect(Math.max(...steps)).toBeLessThan(40)
  // What could not be sent was not built either: 2 s of the flood would be 40 MB.
  expect(sentInStall).toBeLessThan(30_000_000)
})
