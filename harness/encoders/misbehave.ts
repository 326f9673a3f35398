import type { Misbehaviour } from './behaviour.ts'
import { type Clip, loadClip } from './clip.ts'
import { loopClip } from './loop-clip.ts'
import type { Transform, Unit } from './unit.ts'

type Of<Kind extends Misbehaviour['kind']> = Extract<Misbehaviour, { kind: Kind }>

/** What a misbehaviour does to the frames of `track`; null when it leaves that track alone. */
export function transformOf(
  misbehaviour: Misbehaviour,
  track: Unit['track'],
  clip: Clip,
): Transform | null {
  switch (misbehaviour.kind) {
    case 'skip-frames':
      return track === 'video' ? skipFrames(misbehaviour) : null
    case 'timestamp-jump':
      return map((unit) =>
        unit.mediaMs >= misbehaviour.at ? { ...unit, dtsMs: unit.dtsMs + misbehaviour.by } : unit,
      )
    case 'step-back':
      return track === 'video' ? stepBack(misbehaviour) : null
    case 'pace':
      return map((unit) => ({ ...unit, sendMs: unit.sendMs / misbehaviour.speed }))
    case 'stall':
      return map((unit) => ({ ...unit, sendMs: afterStall(unit.sendMs, misbehaviour) }))
    case 'drift':
      if (misbehaviour.track !== track) return null
      return map((unit) => ({ ...unit, dtsMs: unit.dtsMs * misbehaviour.speed }))
    case 'begin-late':
      return misbehaviour.track === track ? beginLate(misbehaviour) : null
    case 'send-late':
      if (misbehaviour.track !== track) return null
      return map((unit) => ({ ...unit, sendMs: unit.sendMs + misbehaviour.by }))
    case 'filler':
      return track === 'video' ? filler(misbehaviour, clip.rate) : null
    case 'switch-video':
      return track === 'video' ? switchVideo(misbehaviour) : null
  }
}

function map(change: (unit: Unit) => Unit): Transform {
  return function* (units) {
    for (const unit of units) yield change(unit)
  }
}

/** The frames behind the skipped ones move up to the start. */
function skipFrames({ frames }: Of<'skip-frames'>): Transform {
  return function* (units) {
    let shift: number | null = null
    let skipped = 0
    for (const unit of units) {
      if (skipped++ < frames) continue
      shift ??= unit.mediaMs
      yield {
        ...unit,
        mediaMs: unit.mediaMs - shift,
        dtsMs: unit.dtsMs - shift,
        sendMs: unit.sendMs - shift,
      }
    }
  }
}

/** In the middle of each period, so that no key frame moves. */
function stepBack({ every, by }: Of<'step-back'>): Transform {
  return function* (units) {
    let next = every / 2
    for (const unit of units) {
      if (unit.key || unit.mediaMs < next) {
        yield unit
        continue
      }
      next += every
      yield { ...unit, dtsMs: Math.max(0, unit.dtsMs - by) }
    }
  }
}

function afterStall(sendMs: number, stall: Of<'stall'>): number {
  const begin = Math.floor(sendMs / stall.every) * stall.every
  const inside = begin > 0 && sendMs < begin + stall.for
  return inside ? begin + stall.for : sendMs
}

function beginLate({ by }: Of<'begin-late'>): Transform {
  return map((unit) => ({
    ...unit,
    mediaMs: unit.mediaMs + by,
    dtsMs: unit.dtsMs + by,
    sendMs: unit.sendMs + by,
  }))
}

function filler(filler: Of<'filler'>, rate: number): Transform {
  const bytes = Math.round((filler.kbps * 1000) / 8 / rate)
  const { every, for: length } = filler
  return map((unit) => {
    const inside = every === undefined || length === undefined || unit.mediaMs % every < length
    return inside ? { ...unit, fillerBytes: unit.fillerBytes + bytes } : unit
  })
}

/** From the first key frame at or after `at`. */
function switchVideo({ at, clip: name }: Of<'switch-video'>): Transform {
  return function* (units) {
    for (const unit of units) {
      if (!unit.key || unit.mediaMs < at) {
        yield unit
        continue
      }
      const clip = loadClip(name)
      let announces: Clip | null = clip
      for (const other of loopClip(clip, unit.frame)) {
        const mediaMs = unit.mediaMs + other.mediaMs
        const offset = { dtsMs: unit.dtsMs + other.dtsMs, sendMs: unit.sendMs + other.sendMs }
        yield { ...other, ...offset, mediaMs, announces }
        announces = null
      }
    }
  }
}
