import type { ObservedRule } from '../rule.ts'
import { codecs } from './codecs.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { firstKey } from './first-key.ts'
import { hello } from './hello.ts'
import { initFirst } from './init-first.ts'
import { isolation } from './isolation.ts'
import { perFrame } from './per-frame.ts'
import { sequence } from './sequence.ts'
import { timeline } from './timeline.ts'

/** Judged on what a viewer recorded. */
export const observedH5LiveRules: readonly ObservedRule<H5LiveEvidence>[] = [
  hello,
  initFirst,
  firstKey,
  sequence,
  timeline,
  perFrame,
  codecs,
  isolation,
]
