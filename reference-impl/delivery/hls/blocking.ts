import type { Directives } from './directives.ts'
import type { HlsWindow } from './window.ts'

/** `far`: nobody can honestly want to wait for that yet. */
export type Blocking = 'ready' | 'wait' | 'far'

/** RFC 8216bis §6.2.5.2: when a playlist with this position can be sent. */
export function blockingOf({ msn, part }: Directives, window: HlsWindow): Blocking {
  if (msn === null || window.ended) return 'ready'
  const { openMsn } = window
  if (msn > openMsn + 1) return 'far'
  const parts = window.open?.parts.length ?? 0
  if (part === null) return msn < openMsn ? 'ready' : 'wait'
  if (msn >= openMsn) {
    const ahead = part - (msn === openMsn ? parts - 1 : -1)
    if (ahead > advanceLimit(window.partTarget)) return 'far'
    return msn === openMsn && part < parts ? 'ready' : 'wait'
  }
  const whole = window.segment(msn)
  if (whole === undefined || part < whole.parts.length || msn + 1 < openMsn) return 'ready'
  // A part beyond the last one of its segment stands for the first of the next.
  return parts > 0 ? 'ready' : 'wait'
}

/** How many parts ahead of the last one may be asked for. */
function advanceLimit(partTargetS: number): number {
  return partTargetS >= 1 ? 3 : Math.ceil(3 / partTargetS)
}
