import { setTimeout as delay } from 'node:timers/promises'
import { EncoderError } from '../../encoders/encoder-error.ts'
import type { TargetStream } from '../../targets/target.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import { apiRule } from './api-rule.ts'
import { Checks } from './checks.ts'
import { checkError } from './error-shape.ts'
import { field, rawCall } from './raw-call.ts'
import { checkState } from './wait-for-state.ts'

/** ms after the command */
const END_DEADLINE_MS = 1_000
/** One that does not come back by itself. */
const PROFILE = 'ffmpeg-5.1'

export const stopLockDelete = apiRule(
  {
    id: 'api.stop-lock-delete',
    title:
      'Stop ends the ingest within 1 s; a locked stream refuses to be published again; delete hides and refuses; viewers are told',
    source: { document: 'stream-overview; facts/nanostream', clause: '1.5' },
    mutants: [{ kind: 'fault', id: 'lock-ignored' }],
  },
  async (context) => {
    const checks = new Checks()
    const stream = await context.createStream()
    await checkEnds(checks, context, stream, 'PUT', '/stop')
    await checkState(checks, context, stream.id, 'ended', 'stopped')

    await checkEnds(checks, context, stream, 'PUT', '/lock')
    await checkState(checks, context, stream.id, 'locked', 'locked')
    checks.that(!(await publishes(context, stream)), 'a locked stream accepts ingest')
    await checkState(checks, context, stream.id, 'locked', 'published while locked')

    await rawCall(context, 'PUT', `/stream/${stream.id}/unlock`)
    await checkState(checks, context, stream.id, 'ended', 'unlocked')
    checks.that(await publishes(context, stream), 'an unlocked stream refuses ingest')

    await checkEnds(checks, context, stream, 'DELETE', '')
    const gone = await rawCall(context, 'GET', `/stream/${stream.id}`)
    checkError(checks, 'GET of a deleted stream', gone, [404])
    const { json } = await rawCall(context, 'GET', '/stream?quantity=10')
    const listed = Array.isArray(json) && json.some((entry) => field(entry, 'id') === stream.id)
    checks.that(!listed, 'a deleted stream is listed')
    checks.that(!(await publishes(context, stream)), 'a deleted stream accepts ingest')
    return checks.finding(
      'ingest and viewers end within 1 s; locked and deleted streams refuse ingest',
      'ended in time by stop, lock and delete; refused while locked and once deleted',
    )
  },
)

/** Publishes with a viewer, gives the command, and checks that both end in time. */
async function checkEnds(
  checks: Checks,
  context: ProbeContext,
  stream: TargetStream,
  method: string,
  path: string,
): Promise<void> {
  const what = path === '' ? 'delete' : path.slice(1)
  const encoder = await context.publish(stream, { profile: PROFILE })
  const viewer = openH5LiveViewer(stream.playout.h5live, { signal: context.signal })
  try {
    await viewer.firstKeyFrame
    const { status } = await rawCall(context, method, `/stream/${stream.id}${path}`)
    checks.that(status === 200, `${what}: status ${status} instead of 200`)
    checks.that(
      (await withinDeadline(encoder.closed)) !== undefined,
      `${what}: the ingest still runs after ${END_DEADLINE_MS} ms`,
    )
    const end = await withinDeadline(viewer.closed)
    checks.that(
      end !== undefined && end.by === 'server' && end.clean,
      end === undefined
        ? `${what}: the viewer still waits after ${END_DEADLINE_MS} ms`
        : `${what}: the viewer's connection was not closed cleanly (by ${end.by}, code ${end.code})`,
    )
  } finally {
    await viewer.close()
    await encoder.stop()
  }
}

async function publishes(context: ProbeContext, stream: TargetStream): Promise<boolean> {
  try {
    const encoder = await context.publish(stream, { profile: PROFILE })
    await encoder.stop()
    return true
  } catch (error) {
    if (error instanceof EncoderError && error.code === 'LP_ENCODER_REFUSED') return false
    throw error
  }
}

async function withinDeadline<T>(event: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController()
  const deadline = delay(END_DEADLINE_MS, undefined, { signal: timer.signal }).catch(
    () => undefined,
  )
  try {
    return await Promise.race([event, deadline])
  } finally {
    timer.abort()
  }
}
