import type { Encoder } from '../../encoders/encoder.ts'
import { EncoderError } from '../../encoders/encoder-error.ts'
import type { TargetStream } from '../../targets/target.ts'
import type { ProbeContext } from '../probe-context.ts'
import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { rawCall } from './raw-call.ts'
import { checkState } from './wait-for-state.ts'

/** How the encoder leaves each time. */
const LEAVING: readonly [string, (encoder: Encoder) => Promise<void> | void][] = [
  ['a first time, with a goodbye', (encoder) => encoder.stop()],
  ['a second time, with a goodbye', (encoder) => encoder.stop()],
  ['a third time, by a cut connection', (encoder) => encoder.abort()],
]

export const states = apiRule(
  {
    id: 'api.states',
    title:
      'A stream goes through the legal states only, and each one shows in GET within 1 s of the media event',
    source: { document: 'stream-overview; facts/nanostream', clause: '1.5' },
    mutants: [{ kind: 'fault', id: 'stuck-live' }],
  },
  async (context) => {
    const checks = new Checks()
    const stream = await context.createStream()
    await checkState(checks, context, stream.id, 'created', 'created')
    for (const command of ['stop', 'lock', 'unlock']) {
      await rawCall(context, 'PUT', `/stream/${stream.id}/${command}`)
      await checkState(checks, context, stream.id, 'created', `${command} before it was ever live`)
    }
    for (const [time, leave] of LEAVING) {
      const encoder = await publish(checks, context, stream, time)
      if (encoder === undefined) break
      await checkState(checks, context, stream.id, 'live', `published ${time}`)
      await leave(encoder)
      await checkState(checks, context, stream.id, 'ended', `gone ${time}`)
    }
    for (const command of ['lock', 'unlock']) {
      await rawCall(context, 'PUT', `/stream/${stream.id}/${command}`)
      await checkState(checks, context, stream.id, 'ended', `${command} while nobody publishes`)
    }
    return checks.finding(
      'created, live, ended, live, ended, each within 1 s; stop and lock only while live',
      'every state in time, 3 publications, 5 commands out of place without effect',
    )
  },
)

async function publish(
  checks: Checks,
  context: ProbeContext,
  stream: TargetStream,
  time: string,
): Promise<Encoder | undefined> {
  try {
    // One that does not come back by itself.
    return await context.publish(stream, { profile: 'ffmpeg-5.1' })
  } catch (error) {
    if (!(error instanceof EncoderError) || error.code !== 'LP_ENCODER_REFUSED') throw error
    checks.that(false, `publishing ${time}: refused, ${error.message}`)
    return undefined
  }
}
