import type { PageLatency } from '../../harness/report/page-data.ts'
import { msText } from './format.ts'
import { chart, fromZero } from './plot.ts'

/** Where the percentile axis has its ticks; each step out is ten times rarer. */
const ticks = [0, 50, 90, 99, 99.9, 99.99]

/** Distance on the axis of percentile `p`: 0 → 0, 90 → 1, 99 → 2, 99.9 → 3. */
function rarity(p: number): number {
  return -Math.log10(1 - p / 100)
}

export function curveChart(latency: PageLatency): HTMLElement {
  const inner = latency.curve.filter(([p]) => p < 100)
  const end = Math.max(rarity(inner.at(-1)?.[0] ?? 0), 1) + 0.15
  const x = [...inner.map(([p]) => rarity(p)), end]
  const y = [...inner.map(([, ms]) => ms), latency.max]
  const label = `Latency by percentile: p50 ${msText(latency.p50)} ms, p99 ${msText(latency.p99)} ms`
  return chart(label, [x, y], (paint) => ({
    scales: { x: { time: false, range: [0, end] }, y: { range: fromZero } },
    axes: [
      {
        ...paint.axis,
        splits: () => ticks.map(rarity).filter((at) => at <= end),
        values: (_, splits) => splits.map((at) => `p${percentText(at)}`),
      },
      { ...paint.axis, size: 52, values: (_, values) => values.map((v) => `${v} ms`) },
    ],
    series: [
      { label: 'percentile', value: (_, at) => (at === null ? '' : `p${percentText(at)}`) },
      { ...paint.line, label: 'ms', value: (_, ms) => (ms === null ? '' : msText(ms)) },
    ],
  }))
}

function percentText(at: number): string {
  return String(Number((100 * (1 - 10 ** -at)).toFixed(3)))
}
