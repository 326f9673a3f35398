import type { InitTrack } from '../../viewers/init-reader.ts'
import type { RecordedSample } from '../../viewers/viewer-record.ts'
import type { Evidence, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { fragmentsOf, noMedia } from './seen-fragments.ts'

/** Ticks of the track. */
const TOLERANCE_TICKS = 1
/** H.264 allows 16 frames of reordering; at 10 fps that is 1.6 s. */
const MAX_OFFSET_S = 1.6
/** Presentation times to compare a new one with; reordering never reaches further. */
const REORDER_WINDOW = 32

export const timeline: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.timeline',
  level: 'must',
  title: 'Decode times are continuous on each track, and presentation times are possible',
  source: { document: 'ISO/IEC 14496-12', clause: '8.8.12, 8.6.1.3' },
  advice: 'give each fragment the decode time at which the one before ends',
  mutants: [{ kind: 'fault', id: 'tfdt-gap' }],
  check: ({ viewer }) => {
    const expected =
      'each sample starts where the one before ends ±1 tick, presentation times distinct'
    const fragments = fragmentsOf(viewer)
    const clocks = new Map<number, TrackClock>()
    const broken: Evidence[] = []
    for (const { event, tracks, skipped } of fragments) {
      if (skipped) for (const clock of clocks.values()) clock.resync()
      for (const { track, run } of tracks) {
        const clock = clocks.get(track.id) ?? new TrackClock()
        clocks.set(track.id, clock)
        for (const sample of run.samples) {
          const fault = clock.step(sample, track)
          if (fault) broken.push({ note: `track ${track.id}: ${fault}`, at: event.at })
        }
      }
    }
    const steps = [...clocks.values()].reduce((sum, clock) => sum + clock.steps, 0)
    if (steps === 0) {
      return { result: 'skipped', expected, actual: noMedia(viewer) ?? 'one sample is no timeline' }
    }
    const actual =
      broken.length === 0
        ? `${steps} steps on ${clocks.size} tracks, all continuous`
        : `${broken.length} faults in ${steps} steps`
    const evidence = broken.slice(0, 10)
    return { result: broken.length === 0 ? 'holds' : 'broken', expected, actual, evidence }
  },
}

class TrackClock {
  steps = 0
  #next: number | null = null
  #timescale = 0
  #presented: number[] = []

  /** The next sample may start later, not earlier. */
  resync(): void {
    this.#next = null
  }

  /** Says what is wrong with the sample, or null. */
  step(sample: RecordedSample, { timescale }: InitTrack): string | null {
    if (timescale !== this.#timescale) {
      // A new init segment with another timescale: its ticks cannot be compared with the old ones.
      this.#timescale = timescale
      this.#next = null
      this.#presented = []
    }
    const expected = this.#next
    this.#next = sample.dts + sample.duration
    const pts = sample.dts + sample.compositionOffset
    const twice = this.#presented.includes(pts)
    this.#presented.push(pts)
    if (this.#presented.length > REORDER_WINDOW) this.#presented.shift()
    if (twice) return `two samples presented at ${pts}`
    if (Math.abs(sample.compositionOffset) > MAX_OFFSET_S * timescale) {
      return `composition offset ${seconds(sample.compositionOffset, timescale)}`
    }
    if (expected === null) return null
    this.steps++
    const gap = sample.dts - expected
    if (Math.abs(gap) <= TOLERANCE_TICKS) return null
    return `decode time ${sample.dts}, expected ${expected} (${seconds(gap, timescale)} off)`
  }
}

function seconds(ticks: number, timescale: number): string {
  return `${((ticks / timescale) * 1000).toFixed(2)} ms`
}
