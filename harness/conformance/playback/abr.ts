import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../../measure/clock.ts'
import type { TargetStream } from '../../targets/target.ts'
import { type AbrSwitch, type AbrViewer, openAbrViewer } from '../../viewers/abr-viewer.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type LinkedStage, onLinks } from '../resilience/on-links.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { fairly, type Sends } from './fairly.ts'
import { ABR_LINK, LENIENT, UP_BUDGET_MS } from './limits.ts'
import { pictureGaps } from './picture-gaps.ts'

const HIGH = 'osprey-talon'
const LOW = 'obs-29'
/** s between two pictures of either. */
const FRAME_S = 1 / 30
/** ms from the word of a change to its media. */
const FOLLOWS_MS = 2_000
const EXPECTED =
  `on a link that falls from ${ABR_LINK.wide} to ${ABR_LINK.tight} and ${ABR_LINK.narrow} kbit/s the viewer ` +
  `gets the lower bitrate before it stalls, and the higher one again ≤ ${UP_BUDGET_MS / 1000} s after it is wide; no picture is lost or comes twice`

export const abr: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'playback.abr',
  level: 'must',
  title: 'Under a falling link the viewer steps down before it stalls, and up again',
  source: { document: 'product page', clause: 'adaptive bitrate; LE' },
  advice: 'change bitrates on request at a key frame that both have, within a group of pictures',
  mutants: [{ kind: 'fault', id: 'no-abr' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const high = await context.createStream()
      const low = await context.createStream({ group: high.id }).catch(() => null)
      if (low === null) return skipped(EXPECTED, 'the target makes no groups')
      return fairly(context, (sends) => watch(stage, high, low, sends), findingFrom)
    }),
}

interface Watched {
  readonly viewer: AbrViewer
  readonly down: AbrSwitch | undefined
  readonly up: AbrSwitch | null
  /** ms when the link was wide again */
  readonly wideAt: number
}

async function watch(
  stage: LinkedStage,
  high: TargetStream,
  low: TargetStream,
  sends: Sends,
): Promise<Watched> {
  const { context } = stage
  const { signal } = context
  const encoders = await Promise.all([
    context.publish(high, { profile: HIGH }),
    context.publish(low, { profile: LOW }),
  ])
  const { link, url } = await stage.link(high.playout.h5live, {
    down: { rateKbps: ABR_LINK.wide },
  })
  const other = new URL(url)
  other.searchParams.set('stream', low.name)
  const renditions = [
    { name: high.name, h5live: url },
    { name: low.name, h5live: other.href },
  ]
  const viewer = openAbrViewer(renditions, { signal })
  stage.atClose(() => viewer.close())
  await viewer.until(() => (viewer.playback.playing ? true : undefined), 10_000)
  for (const phase of ['wide', 'tight', 'narrow'] as const) {
    link.set({ down: { rateKbps: ABR_LINK[phase] } })
    await delay(ABR_LINK[`${phase}Ms`], undefined, { signal })
  }
  link.set({ down: { rateKbps: ABR_LINK.wide } })
  const wideAt = nowMs()
  const up = await viewer.until(() => upAfter(viewer, wideAt), UP_BUDGET_MS).catch(() => null)
  // What a change brings comes behind the word of it.
  const brought = () => (initsOf(viewer) > changesOf(viewer) ? true : undefined)
  await viewer.until(brought, FOLLOWS_MS).catch(() => {})
  for (const encoder of encoders) sends(encoder)
  return { viewer, down: viewer.switches.find(({ step }) => step === 'down'), up, wideAt }
}

function findingFrom({ viewer, down, up, wideAt }: Watched, lenient: boolean): Finding {
  const finding = findingOf(EXPECTED, casesOf(viewer, down, up, lenient ? LENIENT.lateMs : 0))
  if (finding.result !== 'holds') return finding
  const took = (((up?.doneAt ?? wideAt) - wideAt) / 1000).toFixed(1)
  const left = (down?.buffered ?? 0).toFixed(1)
  const actual = `down with ${left} s left to play, up again ${took} s after the link was wide, no stall`
  return { ...finding, actual }
}

function initsOf({ record }: AbrViewer): number {
  return record.events.filter(({ type }) => type === 'init').length
}

function changesOf({ switches }: AbrViewer): number {
  return switches.filter(({ doneAt }) => doneAt !== null).length
}

function upAfter({ switches }: AbrViewer, since: number): AbrSwitch | undefined {
  return switches.find(({ step, doneAt }) => step === 'up' && doneAt !== null && doneAt > since)
}

function casesOf(
  viewer: AbrViewer,
  down: AbrSwitch | undefined,
  up: AbrSwitch | null,
  stallMs: number,
): Case[] {
  const { stalls, stalled } = viewer.playback
  const gaps = pictureGaps(viewer.record, FRAME_S)
  const [inits, changes] = [initsOf(viewer), changesOf(viewer)]
  const why =
    down?.failure ?? (down === undefined ? 'was never asked for' : 'was asked for in vain')
  return [
    { name: 'the step down', ok: down?.doneAt !== null && down !== undefined, seen: why },
    {
      name: 'playback',
      ok: stalled * 1000 <= stallMs,
      seen: `stalled ${stalls} times, ${stalled.toFixed(1)} s`,
    },
    { name: 'the step up', ok: up !== null, seen: 'did not come' },
    {
      name: 'the media after a change',
      ok: inits > changes,
      seen: `${changes} changes, and ${inits - 1} initialisation segments of another bitrate`,
    },
    { name: 'the pictures', ok: gaps.length === 0, seen: gaps[0] ?? '' },
  ]
}
