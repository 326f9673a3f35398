import type uPlot from 'uplot'
import type { PageScenario } from '../../harness/report/page-data.ts'
import { el } from './dom.ts'
import { countText, figureText, msText } from './format.ts'
import { chart, fromZero } from './plot.ts'
import { colour } from './theme.ts'

type Load = NonNullable<PageScenario['load']>
type Stage = Load['stages'][number]

interface Line {
  readonly name: string
  readonly tone: string
  /** Null where it was not measured. */
  readonly of: (stage: Stage) => number | null
}

const LATENCIES: readonly Line[] = [
  { name: 'p50', tone: 'tone-2', of: ({ p50 }) => p50 },
  { name: 'p99', tone: 'tone-1', of: ({ p99 }) => p99 },
  { name: 'max', tone: 'tone-6', of: ({ max }) => max },
]
const CORES: readonly Line[] = [
  { name: 'target', tone: 'tone-1', of: ({ target }) => target?.cpu ?? null },
  { name: 'harness', tone: 'tone-3', of: ({ harness }) => harness?.cpu ?? null },
]
const OUTCOMES = {
  within: { word: 'within', tone: 'pass' },
  over: { word: 'over budget', tone: 'fail' },
  invalid: { word: 'invalid', tone: 'invalid' },
} as const

/** How a crowd fared, step by step: the capacity in words, its curves, and every figure. */
export function loadCurve({ load }: PageScenario): HTMLElement | undefined {
  if (load === undefined) return undefined
  const { capacity, budget, engine, stages } = load
  const { viewers, sentence, bound } = capacity
  const headline =
    viewers === null ? 'None' : `${bound === 'knee' ? '' : '≥ '}${countText(viewers)}`
  return el(
    'div',
    'block load',
    el('h4', {}, 'Load'),
    el(
      'p',
      'capacity',
      el('strong', 'value', headline),
      el('span', {}, ' viewers within the budget'),
      el('span', 'line value', sentence),
      el('span', 'line minor value', `Budget: ${budget}. Engine: ${engine}.`),
    ),
    stages.length > 1 &&
      el(
        'div',
        'charts',
        curve('Latency, ms', 'ms', LATENCIES, stages),
        curve('CPU, cores', 'cores', CORES, stages),
      ),
    stageTable(stages),
  )
}

function curve(
  title: string,
  unit: string,
  lines: readonly Line[],
  stages: readonly Stage[],
): HTMLElement {
  const x = stages.map(({ viewers }) => viewers)
  const y = lines.map(({ of }) => stages.map(of))
  const label = `${title} by viewers: ${stages.map((stage) => `${stage.viewers}: ${lines.map(({ name, of }) => `${name} ${of(stage)?.toPrecision(3) ?? 'unknown'}`).join(', ')}`).join('; ')}`
  const keys = lines.map(({ name, tone }) =>
    el(
      'span',
      'key',
      el('span', { class: `swatch ${tone}`, attributes: { 'aria-hidden': 'true' } }),
      el('span', {}, name),
    ),
  )
  return el(
    'figure',
    {},
    el('figcaption', {}, el('strong', {}, title), el('span', 'line minor', ...keys)),
    chart(label, [x, ...y], ({ axis }) => ({
      scales: { x: { time: false, range: [0, Math.max(...x) * 1.04] }, y: { range: fromZero } },
      axes: [
        { ...axis, values: (_, values) => values.map((n) => countText(n)) },
        { ...axis, size: 56, values: (_, values) => values.map((n) => `${n}`) },
      ],
      series: [
        { label: 'viewers' },
        ...lines.map(
          ({ name, tone }): uPlot.Series => ({
            label: `${name}, ${unit}`,
            stroke: colour(tone),
            width: 1.5,
            points: { show: true, size: 5 },
          }),
        ),
      ],
    })),
  )
}

function stageTable(stages: readonly Stage[]): HTMLElement {
  const heads = [
    'Viewers',
    '',
    'p50',
    'p99',
    'max',
    'Lost',
    'Frames',
    'Stalled',
    'Mbit/s',
    'First picture p99',
    'Target',
    'Harness',
  ]
  const head = heads.map((name, place) =>
    el('th', { class: place > 1 ? 'number' : '', attributes: { scope: 'col' } }, name),
  )
  const table = el(
    'table',
    'links',
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...stages.map(row)),
  )
  return el('div', 'scroll', table)
}

function row(stage: Stage): HTMLElement {
  const { word, tone } = OUTCOMES[stage.outcome]
  const cells = [
    msText(stage.p50),
    msText(stage.p99),
    msText(stage.max),
    countText(stage.lost),
    countText(stage.frames),
    figureText(stage.stalledShare, 'share'),
    stage.mbps.toFixed(0),
    `${msText(stage.firstPictureP99)} ms`,
    useText(stage.target),
    useText(stage.harness),
  ]
  return el(
    'tr',
    {},
    el('th', { attributes: { scope: 'row' } }, countText(stage.viewers)),
    el(
      'td',
      `value ${tone}`,
      el('span', 'outcome-word', word),
      ...stage.reasons.map((reason) => el('span', 'line minor value', reason)),
    ),
    ...cells.map((text) => el('td', 'number', text)),
  )
}

function useText(use: Stage['target']): string {
  if (use === undefined) return '–'
  return `${(use.cpu * 100).toFixed(0)} %, ${figureText(use.rssBytes, 'bytes')}`
}
