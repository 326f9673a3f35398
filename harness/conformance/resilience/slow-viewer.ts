import type { Viewer } from '../../viewers/viewer.ts'
import { QUEUE_BUDGET_BYTES } from '../h5live/probe-limits.ts'
import { unreadSocketBytes } from '../h5live/socket-buffers.ts'
import { isSkip, messagesOf } from '../h5live/texts.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import type { ProbedRule } from '../rule.ts'
import { DELAY_MS, NEIGHBOUR_GAP_MS } from './limits.ts'
import { onLinks } from './on-links.ts'

/** A stream that fills every buffer in seconds rather than minutes. */
const PROFILE = 'bitrate-9000'
const GOOD = 6
const NARROW_KBPS = 250
/** Bytes that the link itself may hold, as a path's buffers do. */
const LINK_BYTES = 4 * 2 ** 20
const PILE_UP_MS = 60_000
const CATCH_UP_MS = 20_000
const EXPECTED =
  `a viewer on ${NARROW_KBPS} kbit/s is skipped to a key frame or closed with a reason; the ` +
  `${GOOD} beside it lose no frame and wait ≤ ${NEIGHBOUR_GAP_MS} ms for each`

export const slowViewerBesideMany: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.slow-viewer-beside-many',
  level: 'must',
  title: 'A viewer on a link that is too narrow harms nobody, and nothing piles up for it',
  source: { document: 'liveproof DESIGN', clause: 'How media flows' },
  advice: 'bound what is queued for each viewer, and never wait for one of them',
  mutants: [{ kind: 'fault', id: 'unbounded-queue' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      await context.publish(stream, { profile: PROFILE })
      const good = Array.from({ length: GOOD }, () => stage.view(stream, { keepBytes: 0 }))
      await Promise.all(good.map((viewer) => viewer.frames(1)))
      const { link, url } = await stage.link(stream.playout.h5live, {
        down: { delayMs: DELAY_MS, rateKbps: NARROW_KBPS, queue: { ms: 500 } },
      })
      const slow = stage.view(stream, { keepBytes: 0 }, url)
      const [first] = good as [Viewer]
      const from = first.stats.bytes
      const pile = (await unreadSocketBytes()) + QUEUE_BUDGET_BYTES + LINK_BYTES
      const grown = () => (first.stats.bytes - from >= pile ? true : undefined)
      await first.until(grown, { timeoutMs: PILE_UP_MS })
      const framesAt = first.stats.frames
      const cases = [...good.entries()].map(([index, viewer]) => neighbour(index + 1, viewer))
      // What piled up is let through, so that one sees what it was.
      link.set({ both: { rateKbps: null } })
      const settled = () =>
        hasSkip(slow) || slow.record.close || slow.stats.frames >= framesAt || undefined
      await slow.until(settled, { timeoutMs: CATCH_UP_MS }).catch(() => {})
      return findingOf(EXPECTED, [...cases, fate(slow)])
    }),
}

function fate(slow: Viewer): Case {
  const mib = (slow.stats.bytes / 2 ** 20).toFixed(1)
  return {
    name: 'the narrow viewer',
    ok: hasSkip(slow) || slow.record.close !== null,
    seen: `was neither skipped nor closed, and got ${mib} MiB late`,
  }
}

function neighbour(number: number, { record, stats }: Viewer): Case {
  const at = record.events.flatMap((event) => (event.type === 'fragment' ? [event.at] : []))
  const gap = Math.max(0, ...at.slice(1).map((time, index) => time - at[index]!))
  return {
    name: `good viewer ${number}`,
    ok: stats.lost === 0 && gap <= NEIGHBOUR_GAP_MS && record.close === null,
    seen: `lost ${stats.lost} frames, waited ${gap.toFixed(0)} ms for one`,
  }
}

function hasSkip({ record }: Viewer): boolean {
  return messagesOf(record).some(isSkip)
}
