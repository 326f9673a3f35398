import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeHost } from '../report/host.ts'
import { root } from '../scenario/paths.ts'
import { type Benchmark, type Chart, type Figure, meets } from './benchmark.ts'
import { mergeSections } from './merge-sections.ts'
import { svgChart } from './svg-chart.ts'

/** Writes into `docs/benchmarks.md` what was measured; what was not stays as it is. */
export function benchmarksPage(
  results: readonly {
    benchmark: Benchmark
    figures: readonly Figure[]
    charts: readonly Chart[]
  }[],
  seconds: number,
): void {
  const { cpu, cores, memoryMb, os, node } = describeHost()
  const parts = results.map(({ benchmark: { id, title, method }, figures, charts }) =>
    [
      `## ${title}`,
      '',
      `${method} Again: \`./liveproof bench ${id} --seconds ${seconds}\``,
      '',
      '| figure | value | goal | met | samples | bound |',
      '|---|---|---|---|---|---|',
      ...figures.map(row),
      ...charts.flatMap(({ title, file }) => ['', `![${title}](images/${file})`]),
    ].join('\n'),
  )
  const file = join(root, 'docs', 'benchmarks.md')
  const page = [
    '# Benchmarks',
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cores} cores (${cpu}), ${Math.round(memoryMb / 1024)} GiB, ${os}, Node ${node}; server, encoders and viewers on the same machine. Written by \`./liveproof bench --seconds ${seconds} --write\`.`,
    '',
    'Every figure has its sample count and its bound. What matters are the ratios and the losses; the absolute times are those of this machine.',
    '',
    mergeSections(readFileSync(file, 'utf8'), parts).join('\n\n'),
    '',
  ].join('\n')
  writeFileSync(file, page)
  for (const chart of results.flatMap(({ charts }) => charts))
    writeFileSync(join(root, 'docs', 'images', chart.file), svgChart(chart))
}

function row(figure: Figure): string {
  const { name, unit, goal, count, bound } = figure
  const met = meets(figure)
  const aim = goal ? `${goal.operator} ${goal.value}` : ''
  return `| ${name} | ${showValue(figure)} ${unit} | ${aim} | ${met === null ? '' : met ? 'yes' : '**no**'} | ${count} | ${bound} |`
}

export function showValue({ value }: Figure): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2)
}
