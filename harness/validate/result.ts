import type { Verdict } from '../conformance/rule.ts'
import { nowMs } from '../measure/clock.ts'
import type { Link } from '../network/link.ts'
import { loadLink } from '../network/load-link.ts'
import type { ScenarioResult } from '../report/run-writer.ts'
import { linkRecord } from '../scenario/link-record.ts'
import { courseOf } from './course.ts'
import { type Device, deviceOf } from './device.ts'
import { judgeEvidence } from './judge-evidence.ts'
import type { ProvocationKind } from './provocation-plan.ts'
import { PROVOCATION_NAME } from './provoke.ts'
import { reactionsTo } from './reactions.ts'
import type { ValidateOptions } from './run-validation.ts'
import { TIMED_RULES } from './timed-rules.ts'
import type { Validation } from './validation.ts'

export interface ResultParts {
  readonly options: Pick<
    ValidateOptions,
    'protocol' | 'durationS' | 'waitS' | 'link' | 'device' | 'firmware'
  >
  /** With evidence that has no secrets. */
  readonly seen: Validation
  /** ms, `nowMs` */
  readonly startedAt: number
  readonly leftOut: readonly { readonly what: ProvocationKind; readonly why: string }[]
  readonly link: Link | null
  /** Why the harness could not measure well. */
  readonly unfit: readonly string[]
  readonly clean: (text: string) => string
}

const MAX_REACTIONS = 60

/** A validation as one scenario of a run record. */
export function resultOf(parts: ResultParts): ScenarioResult {
  const { options, seen, startedAt, link } = parts
  const { protocol } = options
  const device = deviceOf(seen.evidence)
  const name = nameOf(options, device)
  const came = seen.firstMediaAt !== null
  // Who was refused, and sent nothing, may have been refused for what it did wrong.
  const tried = seen.evidence.sessions.length > 0
  const verdicts = tried ? judgeEvidence(protocol, seen.evidence) : []
  const { series, marks } = courseOf(seen.evidence, startedAt)
  const until = nowMs()
  return {
    id: `validate/${protocol}`,
    suite: 'validate',
    title: came
      ? `${name} over ${protocol.toUpperCase()}`
      : `An encoder over ${protocol.toUpperCase()}`,
    file: 'liveproof validate',
    durationMs: Math.round(until - startedAt),
    protocol,
    profile: name,
    ...(link ? { link: link.id } : {}),
    ...whyInvalid(parts, verdicts),
    verdicts,
    latency: [],
    startup: [],
    series,
    links: link ? [linkOf(link, options.link ?? link.id, startedAt, until)] : [],
    marks,
    device: {
      name: options.device ?? device.name,
      ...(device.version === null ? {} : { version: device.version }),
      facts: [
        ...(options.firmware
          ? [{ name: 'firmware', value: options.firmware, from: 'the command line' }]
          : []),
        ...device.facts.map((fact) => ({ ...fact, value: parts.clean(fact.value) })),
      ],
    },
    reactions: tried ? reactionsIn(parts) : [],
    artifacts: tried
      ? [{ name: 'certificate', path: 'certificate.tar.gz', kind: 'bundle for liveproof judge' }]
      : [],
  }
}

function nameOf({ device: said }: { device?: string }, { name, version }: Device): string {
  return said ?? [name, version].filter(Boolean).join(' ')
}

/** An unwell harness spoils what was seen to come too late; all else is as true as ever. */
function whyInvalid(
  { seen, unfit, options }: ResultParts,
  verdicts: readonly Verdict[],
): Pick<ScenarioResult, 'claimed' | 'reason'> {
  if (seen.firstMediaAt === null) {
    const [last] = seen.evidence.sessions.slice(-1)
    const tried = last ? `; one connected and left (${last.closeReason ?? 'open'})` : ''
    const waited =
      seen.end === 'interrupted' ? 'before it was interrupted' : `in ${options.waitS} s`
    return { claimed: 'skipped', reason: `no picture and no sound came ${waited}${tried}` }
  }
  const failed = verdicts.filter(({ outcome }) => outcome === 'fail')
  const doubtful = failed.length > 0 && failed.every(({ rule }) => TIMED_RULES.includes(rule))
  if (!doubtful || unfit.length === 0) return {}
  return { claimed: 'invalid', reason: `the harness was not fit to measure: ${unfit.join('; ')}` }
}

function reactionsIn({ seen, leftOut, startedAt, clean }: ResultParts) {
  const done = reactionsTo(seen.evidence, seen.provoked)
    .slice(0, MAX_REACTIONS)
    .map(({ what, at, text, reaction }) => ({
      ...{ what, text, reaction: clean(reaction) },
      ...(at === null ? {} : { at: at - startedAt }),
    }))
  const undone = [
    ...leftOut,
    ...seen.leftUndone.map(({ what }) => ({
      what,
      why: 'the encoder did not publish when its time came',
    })),
  ]
  return [
    ...done,
    ...undone.map(({ what, why }) => ({
      ...{ what, text: PROVOCATION_NAME[what], reaction: `not done: ${why}` },
    })),
  ]
}

function linkOf(link: Link, preset: string, startedAt: number, until: number) {
  const { up, down } = loadLink(preset).spec
  const traced = { up: up.trace != null, down: down.trace != null }
  const part = { name: link.id, link, role: 'ingest' as const, traced, bands: [] }
  return linkRecord(part, { startedAt, until })
}
