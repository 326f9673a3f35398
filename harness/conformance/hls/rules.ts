import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { blockingReload } from './blocking-reload.ts'
import { dateTime } from './date-time.ts'
import { end } from './end.ts'
import { http } from './http.ts'
import { independent } from './independent.ts'
import { partHoldBack } from './part-hold-back.ts'
import { playlist } from './playlist.ts'
import { plays } from './plays.ts'
import { preloadHint } from './preload-hint.ts'
import { segments } from './segments.ts'

/** All of `hls.*`, in the catalogue's order. */
export const hlsRules: readonly ProbedRule<ProbeContext>[] = [
  playlist,
  segments,
  independent,
  blockingReload,
  partHoldBack,
  preloadHint,
  dateTime,
  end,
  http,
  plays,
]
