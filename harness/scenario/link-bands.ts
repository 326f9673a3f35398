import type { Direction } from '../network/direction.ts'
import type { Settings } from '../network/link-spec.ts'
import type { BandRecord } from '../report/run-record.ts'
import { delayText, lossText, meanLoss, rateText } from './link-words.ts'

type History = Direction['history']
type Band = Omit<BandRecord, 'way'>

/** A rate counts as lowered below this share of the first one: ramps and waves are not noise. */
const LOWERED = 0.95
/** ms by which both directions may differ in a band and still share it. */
const SAME_MS = 2

interface Watched {
  readonly kind: BandRecord['kind']
  /** Worse than the link was at first, or at least otherwise. */
  differs(now: Settings, first: Settings): boolean
  /** `told`: how it began, and then how it was meanwhile. */
  label(told: readonly Settings[]): string
}

const watched: readonly Watched[] = [
  { kind: 'blackout', differs: isDark, label: () => 'blackout' },
  {
    kind: 'rate',
    differs: (now, first) =>
      !isDark(now) &&
      now.rateKbps !== null &&
      now.rateKbps < LOWERED * (first.rateKbps ?? Number.POSITIVE_INFINITY),
    label: ([, ...during]) => rateText(during.map(({ rateKbps }) => rateKbps ?? 0)),
  },
  {
    kind: 'loss',
    differs: (now, first) => meanLoss(now.loss) > meanLoss(first.loss),
    label: ([, ...during]) => lossText(during.map(({ loss }) => loss)),
  },
  {
    kind: 'delay',
    differs: (now, first) => now.delayMs > first.delayMs,
    label: ([, ...during]) => delayText(during.map(({ delayMs }) => delayMs)),
  },
  {
    kind: 'other',
    differs: (now, first) => changed(now, first).length > 0,
    label: ([first, ...during]) =>
      `${changed(during.at(-1)!, first!).join(', ') || 'settings'} changed`,
  },
  {
    kind: 'eased',
    differs: (now, first) => easedText(now, first).length > 0,
    label: ([first, ...during]) => easedText(during.at(-1)!, first!).join(', '),
  },
]

/** Better than at first, in words. A waving trace is not told: only what a scenario did is. */
function easedText(now: Settings, first: Settings): string[] {
  const rate = now.rateKbps ?? Number.POSITIVE_INFINITY
  const before = first.rateKbps ?? Number.POSITIVE_INFINITY
  return [
    meanLoss(now.loss) < meanLoss(first.loss) ? lossText([now.loss]) : '',
    now.delayMs < first.delayMs ? delayText([now.delayMs]) : '',
    !isDark(now) && LOWERED * rate > before
      ? now.rateKbps === null
        ? 'no limit of rate'
        : rateText([rate])
      : '',
  ].filter((text) => text !== '')
}

const OTHERS = ['jitter', 'duplicate', 'reorder', 'corrupt', 'queue', 'mtu'] as const

function changed(now: Settings, first: Settings): string[] {
  return OTHERS.filter((field) => JSON.stringify(now[field]) !== JSON.stringify(first[field]))
}

/** A rate of nothing is a blackout, whatever it is called. */
function isDark({ blackout, rateKbps }: Settings): boolean {
  return blackout || rateKbps === 0
}

/**
 * Stretches in which one direction was otherwise than at first, from what is known of when which
 * settings held. Times in ms since the link opened, as those of `history`; what lasts ends `until`.
 * @param changedAt when the scenario first changed something by hand
 */
export function directionBands(history: History, until: number, changedAt: number): Band[] {
  // What a schedule does at 0 is how the link begins.
  const first = history.findLast(({ at }) => at <= 0)?.settings as Settings | undefined
  if (!first) return []
  return watched.flatMap(({ kind, differs, label }) => {
    const bands: Band[] = []
    let from: number | null = null
    let during: Settings[] = []
    const end = (to: number) => {
      if (from === null) return
      const origin = from >= changedAt ? ('scenario' as const) : ('link' as const)
      if (to > from && (kind !== 'eased' || origin === 'scenario'))
        bands.push({ from, to, kind, label: label([first, ...during]), origin })
      from = null
      during = []
    }
    for (const { at, settings } of history as readonly { at: number; settings: Settings }[]) {
      if (at > until) break
      if (differs(settings, first)) {
        from ??= at
        during.push(settings)
      } else end(at)
    }
    end(until)
    return bands
  })
}

/** Bands of both directions, those that happened to both at once as one; ascending. */
export function mergedBands(up: readonly Band[], down: readonly Band[]): BandRecord[] {
  const left = new Set(down)
  const near = (a: number, b: number) => Math.abs(a - b) <= SAME_MS
  const bands = up.map((band): BandRecord => {
    const twin = [...left].find(
      ({ kind, label, origin, from, to }) =>
        kind === band.kind &&
        label === band.label &&
        origin === band.origin &&
        near(from, band.from) &&
        near(to, band.to),
    )
    if (twin) left.delete(twin)
    return { ...band, way: twin ? 'both' : 'up' }
  })
  for (const band of left) bands.push({ ...band, way: 'down' })
  return bands.sort((a, b) => a.from - b.from)
}
