import type { DirectionStats } from './direction-stats.ts'
import type { Link } from './link.ts'

/** What a link does at the moment, one line. */
export function statusLine(link: Link): string {
  const { open, late, deliveries } = link.stats()
  const parts = (['up', 'down'] as const).map((name) => {
    const { stats, settings, queuedBytes } = link[name]
    const rate = settings.blackout ? 'blackout' : rateText(settings.rateKbps)
    return `${name} ${rate}: ${traffic(stats)}, queue ${queuedBytes} B`
  })
  const lateText = late > 0 ? ` | late ${late}/${deliveries}` : ''
  return `${open} open | ${parts.join(' | ')}${lateText}`
}

/** What a link did in all. */
export function summaryLines(link: Link): string[] {
  const { up, down, ends, deliveries, late, latenessP99Ms, fit, kernelDrops } = link.stats()
  const lines = Object.entries({ up, down }).map(
    ([name, stats]) =>
      `${name}: ${traffic(stats)}; delay p50 ${stats.delay.percentile(50).toFixed(1)} ms, ` +
      `p99 ${stats.delay.percentile(99).toFixed(1)} ms; most in the queue ${stats.maxDepthBytes} B`,
  )
  if (Object.keys(ends).length > 0)
    lines.push(
      `connections: ${Object.entries(ends)
        .map(([end, n]) => `${n} ${end}`)
        .join(', ')}`,
    )
  if (kernelDrops) lines.push(`the kernel lost ${kernelDrops} datagrams at the link's own sockets`)
  lines.push(
    `punctuality: ${deliveries} deliveries, p99 ${latenessP99Ms.toFixed(2)} ms behind their time, ` +
      `${late} late${fit ? '' : ': this machine was too slow for the link'}`,
  )
  return lines
}

function traffic({ offered, delivered, deliveredBytes, dropped }: DirectionStats): string {
  const causes = Object.entries(dropped).map(([cause, count]) => `${count} ${cause}`)
  const lost = causes.length > 0 ? `, dropped ${causes.join(' + ')}` : ''
  return `${delivered}/${offered} packets, ${(deliveredBytes / 1e6).toFixed(2)} MB${lost}`
}

function rateText(kbps: number | null): string {
  if (kbps === null) return 'no limit'
  return kbps >= 10_000 ? `${Math.round(kbps / 1000)} Mbit/s` : `${Math.round(kbps)} kbit/s`
}
