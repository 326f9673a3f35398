import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeHost } from '../report/host.ts'
import { root } from '../scenario/paths.ts'
import { type Benchmark, type Chart, type Figure, meets } from './benchmark.ts'
import { mergeSections } from './merge-sections.ts'
import { svgChart } from './svg-chart.ts'

export interface BenchmarkResult {
  readonly benchmark: Pick<Benchmark, 'id' | 'title' | 'method'>
  readonly figures: readonly Figure[]
  readonly charts: readonly Chart[]
}

/** Under what the figures of a section came to be; each section keeps its own. */
export interface Measured {
  /** `2026-11-21` */
  readonly date: string
  /** s of measuring, each */
  readonly seconds: number
  /** Processor, memory, system and Node, in words. */
  readonly host: string
}

/** Writes into `docs/benchmarks.md` what was measured; what was not stays as it is. */
export function writeBenchmarksPage(results: readonly BenchmarkResult[], seconds: number): void {
  const { cpu, cores, memoryMb, os, node } = describeHost()
  const file = join(root, 'docs', 'benchmarks.md')
  const page = benchmarksPage(readFileSync(file, 'utf8'), results, {
    date: new Date().toISOString().slice(0, 10),
    seconds,
    host: `${cores} cores (${cpu}), ${Math.round(memoryMb / 1024)} GiB, ${os}, Node ${node}`,
  })
  writeFileSync(file, page)
  for (const chart of results.flatMap(({ charts }) => charts))
    writeFileSync(join(root, 'docs', 'images', chart.file), svgChart(chart))
}

/** The page with the sections of `results` in place of those of the same benchmarks. */
export function benchmarksPage(
  before: string,
  results: readonly BenchmarkResult[],
  measured: Measured,
): string {
  const sections = mergeSections(
    before,
    results.map((result) => sectionOf(result, measured)),
  )
  return [
    '# Benchmarks',
    '',
    'Server, encoders and viewers on the same machine, unless a section says otherwise. Each section says when and on what it was measured: `./liveproof bench --write` replaces those that it measures, and leaves the others.',
    '',
    'Every figure has its sample count and its bound. What matters are the ratios and the losses; the absolute times are those of this machine.',
    '',
    `${sections.join('\n\n')}\n`,
  ].join('\n')
}

function sectionOf({ benchmark, figures, charts }: BenchmarkResult, measured: Measured): string {
  const { id, title, method } = benchmark
  const { date, seconds, host } = measured
  return [
    `## ${title}`,
    '',
    `${method} Again: \`./liveproof bench ${id} --seconds ${seconds}\``,
    '',
    `Measured on ${date} for ${seconds} s: ${host}.`,
    '',
    '| figure | value | goal | met | samples | bound |',
    '|---|---|---|---|---|---|',
    ...figures.map(row),
    ...charts.flatMap(({ title, file }) => ['', `![${title}](images/${file})`]),
  ].join('\n')
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
