import { readFile } from 'node:fs/promises'

/** Where /proc does not say: more than the defaults of Linux. */
const DEFAULT_BYTES = 6 * 2 ** 20

/**
 * Bytes that the kernel holds at most for a TCP connection whose receiver reads nothing: all that
 * the sender's buffer may grow to, and the receiver's as it was at first, for it grows by reading.
 */
export async function unreadSocketBytes(): Promise<number> {
  const [receive, send] = await Promise.all(['tcp_rmem', 'tcp_wmem'].map(sizes))
  const sum = (receive?.[1] ?? Number.NaN) + (send?.[2] ?? Number.NaN)
  return Number.isFinite(sum) && sum > 0 ? sum : DEFAULT_BYTES
}

/** Least, first and greatest size of a buffer, bytes (tcp(7)). */
async function sizes(name: string): Promise<number[]> {
  const text = await readFile(`/proc/sys/net/ipv4/${name}`, 'latin1').catch(() => '')
  return text.trim().split(/\s+/).map(Number)
}
