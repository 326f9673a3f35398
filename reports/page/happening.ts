import type { PageScenario } from '../../harness/report/page-data.ts'
import type { Mark as Tone } from './outcome.ts'

/** Something that happened at a time or lasted, drawn above and through all charts of a scenario. */
export interface Happening {
  /** s since the scenario began */
  readonly from: number
  /** The same as `from` where it did not last. */
  readonly to: number
  readonly tone: Tone
  /** A few words for where there is little room. */
  readonly label: string
  /** The whole of it. */
  readonly text: string
}

/** All that happened to one link, encoder or viewer. */
export interface Lane {
  readonly name: string
  readonly about: string
  readonly happenings: readonly Happening[]
}

type Band = PageScenario['links'][number]['bands'][number]
type Kind = PageScenario['marks'][number]['kind'] | Band['kind']

const tones: Record<Kind, Tone> = {
  blackout: 'fail',
  'half-open': 'fail',
  reset: 'fail',
  rebind: 'fail',
  rate: 'warn',
  loss: 'warn',
  delay: 'warn',
  other: 'warn',
  drop: 'warn',
  status: 'warn',
  stall: 'invalid',
  eased: 'pass',
  reconnect: 'info',
  discontinuity: 'info',
  end: 'skipped',
}

/** Links first, because they are the cause; then encoders and viewers, as they are named. */
export function lanesOf({ links, marks }: PageScenario): Lane[] {
  const told = Map.groupBy(marks, ({ of }) => of)
  const linkLanes = links.map(({ name, role, protocol, seed, state, bands }) => {
    const own = told.get(name) ?? []
    told.delete(name)
    const states = state.up === state.down ? state.up : `up ${state.up}; down ${state.down}`
    return {
      name: `Link ${name}`,
      about: `${role}, ${protocol.toUpperCase()}, seed ${seed}: ${states}`,
      happenings: [...bands.map(ofBand), ...own.map(ofMark)],
    }
  })
  const others = [...told].map(([of, own]) => ({
    name: of,
    about: summaryOf(own),
    happenings: own.map(ofMark),
  }))
  return [...linkLanes, ...others]
}

function ofBand({ kind, label, way, from, to }: Band): Happening {
  const both = way === 'both' ? label : `${label}, ${way}`
  return { from: from / 1000, to: to / 1000, tone: tones[kind], label: both, text: both }
}

function ofMark({ kind, label, at, until = at }: PageScenario['marks'][number]): Happening {
  const seconds = ((until - at) / 1000).toFixed(1)
  const short = kind === 'stall' ? `${seconds} s` : label
  const text = label.startsWith(kind) ? label : `${kind}: ${label}`
  return { from: at / 1000, to: until / 1000, tone: tones[kind], label: short, text }
}

/** 3 stalls, 1 reconnect */
function summaryOf(marks: PageScenario['marks']): string {
  return [...Map.groupBy(marks, ({ kind }) => kind)]
    .map(([kind, all]) => {
      const many = kind === 'discontinuity' ? 'discontinuities' : `${kind}s`
      return `${all.length} ${all.length === 1 || kind === 'status' ? kind : many}`
    })
    .join(', ')
}
