import { setTimeout as delay } from 'node:timers/promises'
import { scenario } from '../../harness/scenario/scenario.ts'

/** A publisher that was silent for 3 s may be replaced. */
const SILENT_MS = 4_000

scenario(
  'an encoder whose connection is half-open is replaced by its successor, and viewers stay',
  { timeoutMs: 90_000 },
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link('lte')
    await encoder('obs-29', { to: stream, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    // The NAT has forgotten the connection: neither side is told.
    uplink.halfOpen(true)
    await delay(SILENT_MS)
    await encoder('obs-29', { to: stream })
    await watch.frames(watch.stats.frames + 90, { timeoutMs: 10_000 })
  },
)
