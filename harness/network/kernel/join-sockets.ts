import type { Socket } from 'node:net'

/** What one of them says the other hears, up to the end of both. */
export function joinSockets(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to)
    from.on('error', () => {})
    from.once('close', () => to.destroy())
  }
}
