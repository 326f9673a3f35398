import { setTimeout as delay } from 'node:timers/promises'
import { reconnectPolicy } from '../../harness/encoders/behaviour.ts'
import { listProfiles, loadProfile } from '../../harness/encoders/load-profile.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

/** A session that vanished over SRT gives way after 3 s; a retry or two is refused before. */
const TAKEOVER_MS = 15_000
const PUBLISH_MS = 2_000

const ways = listProfiles()
  .map((id) => loadProfile(id))
  .filter(({ browser }) => !browser)
  .flatMap(({ id, protocols }) =>
    // Over TLS it is the same encoder.
    protocols.filter((one) => one !== 'rtmps').map((protocol) => `${id} over ${protocol}`),
  )

scenario.each(ways)(
  '%s comes back after a lost connection as its profile says, or gives up',
  { needs: ['reference'], concurrent: true, timeoutMs: 90_000 },
  async ({ createStream, workbench, expectRules, signal }, way) => {
    const [profile, protocol] = way.split(' over ') as [string, 'rtmp' | 'srt' | 'whip']
    const stream = await createStream()
    const encoder = await workbench.publish(stream, { profile, protocol })
    await delay(PUBLISH_MS, undefined, { signal })
    const back = new Promise<string>((resolve) => encoder.onReconnect(() => resolve('came back')))
    const ended = encoder.closed.then(({ reason }) => reason)
    const droppedAt = performance.now()
    encoder.drop()
    const outcome = await Promise.race([back, ended, delay(TAKEOVER_MS, 'nothing', { signal })])
    const { behaviour } = loadProfile(profile)
    const policy = reconnectPolicy(behaviour, protocol)
    const expected = policy ? 'came back' : 'disconnected'
    if (outcome !== expected) throw new Error(`${way}: ${outcome} instead of ${expected}`)
    if (!policy) return
    const afterMs = performance.now() - droppedAt
    if (afterMs < policy.firstDelayMs) throw new Error(`${way} was back after ${afterMs} ms`)
    const { framesSent } = encoder.stats
    await delay(PUBLISH_MS, undefined, { signal })
    if (encoder.stats.framesSent <= framesSent) throw new Error(`${way} sends nothing more`)
    await encoder.stop()
    const client = protocol === 'rtmp' ? ['rtmp.client'] : []
    await expectRules(...client, 'encoder.first-frame-key').toHold()
  },
)
