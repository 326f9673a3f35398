import { apiRules } from './api/rules.ts'
import { cdnRules } from './cdn/rules.ts'
import { encoderRules } from './encoder/rules.ts'
import { h5liveRules } from './h5live/rules.ts'
import { hlsRules } from './hls/rules.ts'
import { loadRules } from './load/rules.ts'
import { playbackRules } from './playback/rules.ts'
import { progressiveRules } from './progressive/rules.ts'
import { resilienceRules } from './resilience/rules.ts'
import { rtmpClientRules } from './rtmp-client/rules.ts'
import { rtmpServerRules } from './rtmp-server/rules.ts'
import { srtClientRules } from './srt-client/rules.ts'
import { srtServerRules } from './srt-server/rules.ts'
import { tsRules } from './ts/rules.ts'
import { whipClientRules } from './whip-client/rules.ts'
import { whipServerRules } from './whip-server/rules.ts'

/** Judged on ingest records. */
export const encoderSideRules = [
  ...encoderRules,
  ...rtmpClientRules,
  ...srtClientRules,
  ...tsRules,
  ...whipClientRules,
]

/** Judged on what a viewer recorded. */
export const viewerSideRules = h5liveRules.filter((rule) => rule.kind === 'observed')

/** Judged by doing something to the target. */
export const probedRules = [
  ...rtmpServerRules,
  ...srtServerRules,
  ...whipServerRules,
  ...h5liveRules.filter((rule) => rule.kind === 'probed'),
  ...progressiveRules,
  ...hlsRules,
  ...playbackRules,
  ...cdnRules,
  ...loadRules,
  ...resilienceRules,
  ...apiRules,
]

/** Every rule, family by family, in the order in which lists and reports show them. */
export const allRules = [
  ...encoderRules,
  ...rtmpClientRules,
  ...rtmpServerRules,
  ...srtClientRules,
  ...tsRules,
  ...srtServerRules,
  ...whipClientRules,
  ...whipServerRules,
  ...h5liveRules,
  ...progressiveRules,
  ...hlsRules,
  ...playbackRules,
  ...cdnRules,
  ...loadRules,
  ...resilienceRules,
  ...apiRules,
]

/** `encoder` of `encoder.gop-length`, `rtmp.client` of `rtmp.client.tls`. */
export function familyOf(ruleId: string): string {
  return ruleId.slice(0, ruleId.lastIndexOf('.'))
}

export function findRule(id: string): (typeof allRules)[number] | undefined {
  return allRules.find((rule) => rule.id === id)
}
