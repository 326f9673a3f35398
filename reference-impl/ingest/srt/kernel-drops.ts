import { readFileSync } from 'node:fs'

/**
 * Datagrams that the kernel dropped because the socket's buffer was full; null where it does not
 * tell (Linux only). `port` tells the socket, ports being unique to an address.
 */
export function kernelDrops(port: number, family: 'udp4' | 'udp6'): number | null {
  try {
    const text = readFileSync(family === 'udp4' ? '/proc/net/udp' : '/proc/net/udp6', 'latin1')
    return dropsIn(text, port)
  } catch {
    return null
  }
}

/** Of a table in the form of `/proc/net/udp`. */
export function dropsIn(table: string, port: number): number | null {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  let drops: number | null = null
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    if (!fields[1]?.endsWith(suffix)) continue
    const count = Number(fields.at(-1))
    if (Number.isFinite(count)) drops = (drops ?? 0) + count
  }
  return drops
}
