import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { encoderRules } from '../conformance/encoder/rules.ts'
import { rtmpClientRules } from '../conformance/rtmp-client/rules.ts'
import { startFfmpegEncoder } from './ffmpeg.ts'
import { startTestIngest } from './testing/accept-all.ts'

const streamName = 'ABCDE-XYZ12'

it('publishes with the real ffmpeg, which holds the rules', async () => {
  const ingest = await startTestIngest()
  const encoder = await startFfmpegEncoder({
    to: { url: ingest.url, streamName },
    size: '640x360',
    videoKbps: 250,
  })
  await delay(5_000)
  await encoder.stop()
  expect(await encoder.closed).toMatchObject({ reason: 'stopped' })
  expect(encoder.frames).toBeGreaterThan(60)
  const sessions = ingest.records(streamName)
  await ingest.close()
  // How long a frame waits says more about this machine than about ffmpeg.
  const findings = [...encoderRules, ...rtmpClientRules]
    .filter(({ id }) => id !== 'encoder.frame-delay')
    .map((rule) => ({ rule: rule.id, ...rule.check({ sessions }) }))
  const breaches = findings.filter(({ result }) => ['broken', 'failed', 'warned'].includes(result))
  expect(breaches).toEqual([])
  expect(findings.filter(({ result }) => result === 'holds').length).toBeGreaterThan(15)
})

it('says when ffmpeg is missing, and when the target is', async () => {
  const to = { url: 'rtmp://127.0.0.1:1/live', streamName }
  await expect(startFfmpegEncoder({ to, ffmpeg: '/nowhere/ffmpeg' })).rejects.toMatchObject({
    code: 'LP_FFMPEG_MISSING',
  })
  await expect(startFfmpegEncoder({ to })).rejects.toMatchObject({ code: 'LP_ENCODER_CONNECT' })
})
