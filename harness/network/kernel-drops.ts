import { readFileSync } from 'node:fs'

/**
 * Datagrams that the kernel has thrown away at these local ports because a receive buffer was full.
 * Null where the kernel does not tell (anything but Linux).
 */
export function kernelDrops(ports: readonly number[]): number | null {
  try {
    const wanted = new Set(ports)
    return ['/proc/net/udp', '/proc/net/udp6'].reduce(
      (sum, file) => sum + dropsIn(readFileSync(file, 'utf8'), wanted),
      0,
    )
  } catch {
    return null
  }
}

/** The sum of the column `drops`, the last one, over the lines of the ports. */
export function dropsIn(table: string, ports: ReadonlySet<number>): number {
  let drops = 0
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/)
    const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16)
    if (ports.has(port)) drops += Number(columns.at(-1)) || 0
  }
  return drops
}
