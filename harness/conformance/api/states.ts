import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { rawCall } from './raw-call.ts'
import { checkState } from './wait-for-state.ts'

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
    for (const time of ['first', 'second']) {
      const encoder = await context.publish(stream, { profile: 'ffmpeg-5.1' })
      await checkState(checks, context, stream.id, 'live', `published a ${time} time`)
      await encoder.stop()
      await checkState(checks, context, stream.id, 'ended', `unpublished a ${time} time`)
    }
    const cut = await context.publish(stream, { profile: 'ffmpeg-5.1' })
    await checkState(checks, context, stream.id, 'live', 'published a third time')
    cut.abort()
    await checkState(checks, context, stream.id, 'ended', 'the connection was cut')
    await rawCall(context, 'PUT', `/stream/${stream.id}/unlock`)
    await rawCall(context, 'PUT', `/stream/${stream.id}/lock`)
    await checkState(checks, context, stream.id, 'ended', 'lock while nobody publishes')
    return checks.finding(
      'created, live, ended, live, ended, each within 1 s; stop and lock only while live',
      'every state in time, 3 publications, 5 commands out of place without effect',
    )
  },
)
