import { readFile } from 'node:fs/promises'

/** Where /proc does not say: the defaults of Linux. */
const DEFAULT_BYTES = 10 * 2 ** 20

/** Bytes that the kernel may hold for one TCP connection on this host, both ends together, at most. */
export async function socketBufferBytes(): Promise<number> {
  const sizes = await Promise.all(
    ['tcp_rmem', 'tcp_wmem'].map(async (name) => {
      const text = await readFile(`/proc/sys/net/ipv4/${name}`, 'latin1').catch(() => '')
      return Number(text.trim().split(/\s+/)[2])
    }),
  )
  const sum = sizes.reduce((total, size) => total + size, 0)
  return Number.isFinite(sum) && sum > 0 ? sum : DEFAULT_BYTES
}
