import type { EncoderEvidence } from '../conformance/ingest-record.ts'
import { findRule } from '../conformance/registry.ts'
import { type Verdict, verdictOf } from '../conformance/rule.ts'
import { TargetError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import { deviceOf } from './device.ts'
import type { Door, DoorProtocol } from './door.ts'
import { figuresOf } from './figures.ts'
import { judgeEvidence, rulesFor } from './judge-evidence.ts'
import { LOOK_MS, LOOK_SHARE, WHIP_CONSENT_MS, WHIP_STOPPED_MS } from './limits.ts'
import type { LiveState, LiveVerdict, Moment, Phase, ValidationView } from './live-state.ts'
import { observe } from './observe.ts'
import { pause } from './pause.ts'
import type { PlannedProvocation, ProvocationKind } from './provocation-plan.ts'
import { Provoker } from './provoke.ts'
import { reactionsTo } from './reactions.ts'

export interface ValidationOptions {
  readonly protocol: DoorProtocol
  readonly target: Target
  readonly stream: TargetStream
  readonly door: Door
  readonly views: readonly ValidationView[]
  /** s */
  readonly waitS: number
  readonly durationS: number
  readonly stopWaitS: number
  readonly planned: readonly PlannedProvocation[]
  /** Ends it at once, with what was seen until then. */
  readonly signal: AbortSignal
}

/** Why a validation was over. */
export type ValidationEnd = 'watched' | 'encoder-stopped' | 'interrupted' | 'nobody-came'

export interface Validation {
  readonly end: ValidationEnd
  readonly evidence: EncoderEvidence
  /** ms, `nowMs`; of the first picture or sound */
  readonly firstMediaAt: number | null
  readonly provoked: readonly { readonly what: ProvocationKind; readonly at: number }[]
  readonly leftUndone: readonly PlannedProvocation[]
}

/** s that an encoder which stopped by itself may take to come again */
const RETURN_S = 5
/** s after which an encoder that was cut off does not come back by itself */
const AWAY_S = 16
/** What a provocation ends a session with. */
const OUR_CUTS: readonly string[] = ['dropped', 'replaced', 'refused']
const COURSE_MOMENTS = 240
const MAX_REACTIONS = 40

/** Waits for an encoder, watches it, provokes it, and shows all of that while it goes on. */
export class ValidationRun {
  readonly #options: ValidationOptions
  readonly #provoker: Provoker
  readonly #course: Moment[] = []
  #evidence: EncoderEvidence = { sessions: [] }
  #phase: Phase = 'waiting'
  #phaseEndsAt: number
  #firstMediaAt: number | null = null
  #state: LiveState | null = null

  constructor(options: ValidationOptions) {
    this.#options = options
    this.#provoker = new Provoker(options.target, options.stream.name, options.planned)
    this.#phaseEndsAt = nowMs() + options.waitS * 1000
  }

  /** @throws EnvironmentError `LP_OBSERVE_NONE` @throws TargetError `LP_OBSERVE`, `LP_PROVOKE` */
  async run(): Promise<Validation> {
    let end: ValidationEnd | null = null
    while (end === null) {
      const startedAt = nowMs()
      await this.#look()
      end = this.#step(nowMs())
      this.#show()
      if (end !== null) break
      await this.#provoke()
      const took = nowMs() - startedAt
      await pause(Math.max(LOOK_MS - took, took / LOOK_SHARE), this.#options.signal)
    }
    return {
      end,
      evidence: this.#evidence,
      firstMediaAt: this.#firstMediaAt,
      provoked: this.#provoker.done,
      leftUndone: this.#provoker.left,
    }
  }

  /** A target that is slow to answer on a busy machine gets some more chances. */
  async #look(): Promise<void> {
    const { target, protocol } = this.#options
    for (let attempt = 1; ; attempt++) {
      try {
        // The last look must not be cut short by the signal that ends the others.
        this.#evidence = await observe(target, protocol, AbortSignal.timeout(LOOK_TIMEOUT_MS))
        return
      } catch (error) {
        if (!(error instanceof TargetError) || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }

  /** Shows a last time what came out of it. */
  over(verdict: NonNullable<LiveState['verdict']>, evidence: EncoderEvidence): void {
    if (this.#state === null) return
    const verdicts = liveVerdicts(this.#options.protocol, evidence)
    const state: LiveState = { ...this.#state, phase: 'over', hint: null, verdict, verdicts }
    for (const view of this.#options.views) view.show(state)
  }

  /** Moves on to the next phase when its time has come; says when it is over. */
  #step(now: number): ValidationEnd | null {
    const { durationS, stopWaitS, signal } = this.#options
    const { sessions } = this.#evidence
    const first = sessions.find(({ frames }) => frames.at.length > 0)
    if (this.#phase === 'waiting' && first) {
      this.#firstMediaAt = first.openedAt + (first.frames.at[0] ?? 0)
      this.#enter('watching', this.#firstMediaAt + durationS * 1000)
    }
    if (signal.aborted) return 'interrupted'
    const open = sessions.some(({ closedAt }) => closedAt === null)
    if (this.#phase === 'waiting') return now >= this.#phaseEndsAt ? 'nobody-came' : null
    if (!open && this.#stoppedByItself(now)) return 'encoder-stopped'
    if (now < this.#phaseEndsAt) return this.#phase === 'stopping' && !open ? 'watched' : null
    if (this.#phase === 'stopping' && this.#vanishing(now)) return null
    if (this.#phase === 'watching' && this.#comingBack(now)) return null
    if (this.#phase === 'stopping' || !open || stopWaitS === 0) return 'watched'
    this.#enter('stopping', now + stopWaitS * 1000)
    return null
  }

  /** It said goodbye a while ago; what was cut on purpose does not count. */
  #stoppedByItself(now: number): boolean {
    const last = this.#evidence.sessions.at(-1)
    return last?.closeReason === 'unpublished' && now - (last.closedAt ?? now) >= RETURN_S * 1000
  }

  /** It was cut on purpose, and has not had its time to come back. */
  #comingBack(now: number): boolean {
    const last = this.#evidence.sessions.at(-1)
    if (last?.closedAt == null || !OUR_CUTS.includes(last.closeReason ?? '')) return false
    return now - last.closedAt < AWAY_S * 1000
  }

  /** Over WHIP, one that stops without a word is known to have gone only after a while. */
  #vanishing(now: number): boolean {
    const last = this.#evidence.sessions.at(-1)
    if (last?.protocol !== 'whip' || last.closedAt !== null) return false
    const quiet = now - last.openedAt - (last.frames.at.at(-1) ?? 0)
    return quiet >= WHIP_STOPPED_MS && quiet < WHIP_CONSENT_MS
  }

  #enter(phase: Phase, endsAt: number): void {
    this.#phase = phase
    this.#phaseEndsAt = endsAt
  }

  async #provoke(): Promise<void> {
    if (this.#phase !== 'watching') return
    const now = nowMs()
    await this.#provoker.look(
      this.#evidence,
      now - (this.#firstMediaAt ?? now),
      now,
      this.#options.signal,
    )
  }

  /** What a person should know or do. */
  #hint(now: number): string | null {
    const { sessions } = this.#evidence
    if (this.#phase === 'waiting') return waitingHint(this.#evidence)
    if (this.#phase === 'stopping' && this.#vanishing(now))
      return 'nothing comes any more, but nobody said goodbye: waiting whether it is gone'
    const last = sessions.at(-1)
    if (last?.truncated)
      return 'this connection is as long as can be written down: the rest of it is not judged'
    if (this.#phase !== 'watching' || last?.closedAt == null) return null
    const gone = (now - last.closedAt) / 1000
    if (last.closeReason === 'unpublished') return 'the encoder stopped'
    return gone < AWAY_S
      ? 'the connection is gone: waiting for the encoder to come back by itself'
      : 'the encoder does not come back by itself: start it again to have the rest judged'
  }

  #show(): void {
    const now = nowMs()
    const figures = figuresOf(this.#evidence, now)
    const since = this.#firstMediaAt ?? now
    if (this.#firstMediaAt !== null) {
      const { videoKbps, frameRate, delayMs, lost } = figures
      this.#course.push({ at: (now - since) / 1000, videoKbps, frameRate, delayMs, lost })
      if (this.#course.length > COURSE_MOMENTS) this.#course.shift()
    }
    const { protocol, door, durationS } = this.#options
    const device = this.#firstMediaAt === null ? null : deviceOf(this.#evidence)
    const state: LiveState = {
      ...{ protocol, phase: this.#phase, addresses: door.addresses, durationS, figures },
      link: door.linkName,
      secondsLeft: Math.max(0, (this.#phaseEndsAt - now) / 1000),
      device: device && [device.name, device.version].filter(Boolean).join(' '),
      verdicts: liveVerdicts(protocol, this.#evidence),
      reactions: reactionsTo(this.#evidence, this.#provoker.done)
        .slice(-MAX_REACTIONS)
        .map(({ at, text, reaction }) => ({
          ...{ text, reaction },
          at: at === null ? null : (at - since) / 1000,
        })),
      hint: this.#hint(now),
      course: this.#course,
      verdict: null,
    }
    this.#state = state
    for (const view of this.#options.views) view.show(state)
  }
}

const LOOK_TIMEOUT_MS = 10_000
const MAX_ATTEMPTS = 3

export function liveVerdicts(protocol: DoorProtocol, evidence: EncoderEvidence): LiveVerdict[] {
  const verdicts: Verdict[] =
    evidence.sessions.length > 0
      ? judgeEvidence(protocol, evidence)
      : rulesFor(protocol).map((rule) =>
          verdictOf(rule, { result: 'skipped', expected: rule.title, actual: 'nothing came yet' }),
        )
  return verdicts.map((verdict) => {
    const card = findRule(verdict.rule)
    const { document = '', clause = '' } = card?.source ?? {}
    return {
      ...verdict,
      title: card?.title ?? '',
      source: [document, clause].filter((part) => part !== '').join(', '),
      ...(card?.advice === undefined ? {} : { advice: card.advice }),
    }
  })
}

/** What keeps an encoder that tries from being seen. */
function waitingHint({ sessions }: EncoderEvidence): string | null {
  const last = sessions.at(-1)
  if (!last) return null
  const code = last.events.findLast(({ type }) => type === 'status' || type === 'srt-reject')
  if (last.closeReason === 'refused') {
    const said = String(code?.['reason'] ?? code?.['code'] ?? '')
    return `somebody was refused${said ? ` (${said})` : ''}: is the stream name entered as shown?`
  }
  if (last.closedAt === null) return 'somebody connected; waiting for the first picture'
  return `somebody connected and left (${last.closeReason}) before the first picture`
}
