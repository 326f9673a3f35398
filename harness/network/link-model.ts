import { Agenda } from './agenda.ts'
import { Direction } from './direction.ts'
import type { Settings } from './link-spec.ts'
import type { LoadedLink } from './load-link.ts'
import { settingsOf } from './settings-of.ts'
import { Opportunities } from './trace.ts'

export interface LinkModelOptions {
  readonly link: LoadedLink
  readonly seed: number
  /** TCP drops damaged packets and keeps the order of its events; UDP delivers at once what it can. */
  readonly protocol: 'tcp' | 'udp'
  readonly onSettings?: (way: 'up' | 'down', settings: Settings) => void
}

/**
 * A link without sockets: one agenda and two directions. Times are ms since the link opened; it
 * runs in real time or in virtual time.
 */
export class LinkModel {
  readonly agenda: Agenda = new Agenda()
  readonly up: Direction
  readonly down: Direction

  constructor(options: LinkModelOptions) {
    this.up = makeDirection('up', this.agenda, options)
    this.down = makeDirection('down', this.agenda, options)
  }
}

export function makeDirection(
  name: 'up' | 'down',
  agenda: Agenda,
  { link, seed, protocol, onSettings }: LinkModelOptions,
): Direction {
  const spec = link.spec[name]
  const trace = link.traces[name]
  const csv = trace?.format === 'csv' ? trace : null
  return new Direction({
    agenda,
    seed,
    name,
    settings: settingsOf(spec),
    steps: csv ? csv.steps : spec.schedule,
    loopMs: csv ? csv.loopMs : spec.loopMs,
    opportunities: trace?.format === 'mahimahi' ? new Opportunities(trace.times, trace.loop) : null,
    checksum: protocol === 'tcp',
    immediate: protocol === 'udp',
    onSettings: onSettings && ((settings) => onSettings(name, settings)),
  })
}
