import type { DirectionSpec, Settings } from './link-spec.ts'

/** The settings with which a direction begins, without its schedule and trace. */
export function settingsOf({
  schedule: _s,
  loopMs: _l,
  trace: _t,
  ...settings
}: DirectionSpec): Settings {
  return settings
}
