import { nowMs } from '../../../measure/clock.ts'
import { scenario } from '../../scenario.ts'

/** ms for which the event loop is kept busy each time: more than a link may be late. */
const BUSY_MS = 60
const PAUSE_MS = 40

let running = 0

/** Two that are a burden to each other, and well when alone; what one sees then looks like a defect. */
scenario.each(['passes', 'fails'])(
  'a viewer over a link whose neighbour keeps the process busy %s',
  { concurrent: true },
  async ({ createStream, encoder, viewer, link }, how) => {
    running++
    let disturbed = false
    const burden = setInterval(() => {
      if (running === 1) return
      disturbed = true
      const until = nowMs() + BUSY_MS
      while (nowMs() < until);
    }, PAUSE_MS)
    try {
      const stream = await createStream()
      await encoder('obs-29', { to: stream })
      const narrow = link({
        schema: 'liveproof/link@1',
        id: how,
        summary: 'A delay.',
        down: { delayMs: 20 },
      })
      const watch = await viewer.h5live(stream, { through: narrow })
      await watch.frames(60)
    } finally {
      clearInterval(burden)
      running--
    }
    if (how === 'fails' && disturbed) throw new Error('the picture came late')
  },
)
