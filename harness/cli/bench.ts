import { Command } from 'commander'
import pc from 'picocolors'
import { type Benchmark, type Chart, type Figure, meets } from '../bench/benchmark.ts'
import { type BenchmarkResult, showValue, writeBenchmarksPage } from '../bench/benchmarks-page.ts'
import { deliveryLatency } from '../bench/delivery-latency.ts'
import { fanOut } from '../bench/fan-out.ts'
import { fanOutGrowth } from '../bench/fan-out-growth.ts'
import { hlsLatency } from '../bench/hls-latency.ts'
import { hlsViewers } from '../bench/hls-viewers.ts'
import { k6Viewers } from '../bench/k6-viewers.ts'
import { linkOverhead } from '../bench/link-overhead.ts'
import { manyEncoders } from '../bench/many-encoders.ts'
import { manyViewers, viewersOfOne } from '../bench/many-viewers.ts'
import { srtCallers } from '../bench/srt-callers.ts'
import { srtIngest } from '../bench/srt-ingest.ts'
import { srtLoss } from '../bench/srt-loss.ts'
import { viewerJoins } from '../bench/viewer-joins.ts'
import { viewerKnee } from '../bench/viewer-knee.ts'
import { viewerStartup } from '../bench/viewer-startup.ts'
import { whipGlass } from '../bench/whip-glass.ts'
import { whipPublishers } from '../bench/whip-publishers.ts'
import { UsageError } from '../errors.ts'
import { EXIT } from './exit-codes.ts'

const benchmarks = [
  deliveryLatency,
  viewerStartup,
  hlsLatency,
  manyViewers,
  viewersOfOne,
  viewerKnee,
  viewerJoins,
  k6Viewers,
  hlsViewers,
  fanOut,
  fanOutGrowth,
  manyEncoders,
  linkOverhead,
  srtIngest,
  srtLoss,
  srtCallers,
  whipPublishers,
  whipGlass,
]

export function bench(): Command {
  return new Command('bench')
    .description('Measure speed: latency, start-up, viewers, encoders')
    .argument('[id...]', `of ${benchmarks.map(({ id }) => id).join(', ')}`)
    .option('--seconds <n>', 'of measuring, each', Number, 20)
    .option('--write', 'write docs/benchmarks.md')
    .action(async (ids: string[], options: { seconds: number; write?: boolean }) => {
      const abort = new AbortController()
      process.once('SIGINT', () => abort.abort('SIGINT'))
      const results: BenchmarkResult[] = []
      for (const benchmark of choose(ids)) {
        console.log(pc.bold(benchmark.title))
        const charts: Chart[] = []
        const figures = await benchmark.run({
          seconds: options.seconds,
          signal: abort.signal,
          chart: (chart) => charts.push(chart),
        })
        for (const figure of figures) console.log(lineOf(figure))
        results.push({ benchmark, figures, charts })
      }
      if (options.write) writeBenchmarksPage(results, options.seconds)
      const missed = results.flatMap(({ figures }) => figures).filter((f) => meets(f) === false)
      process.exitCode = missed.length > 0 ? EXIT.findings : EXIT.conformant
    })
}

function choose(ids: readonly string[]): readonly Benchmark[] {
  if (ids.length === 0) return benchmarks
  return ids.map((id) => {
    const found = benchmarks.find((benchmark) => benchmark.id === id)
    if (!found) throw new UsageError('LP_NO_BENCHMARK', `there is no benchmark '${id}'`)
    return found
  })
}

function lineOf(figure: Figure): string {
  const { name, unit, count, bound, goal } = figure
  const met = meets(figure)
  const mark = met === null ? ' ' : met ? pc.green('✓') : pc.red('✗')
  const aim = goal ? `goal ${goal.operator} ${goal.value}` : ''
  return `${mark} ${name.padEnd(32)} ${showValue(figure).padStart(9)} ${unit.padEnd(12)} ${aim.padEnd(14)} ${pc.dim(`n=${count}, ${bound}`)}`
}
