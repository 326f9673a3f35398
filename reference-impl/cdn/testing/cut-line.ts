import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line that can be cut: passes TCP connections on to one port, or resets them. */
export interface CutLine {
  /** `http://127.0.0.1:port` */
  readonly url: string
  /** Resets what there is, and whatever comes. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function cutLine(to: string): Promise<CutLine> {
  const port = Number(new URL(to).port)
  const sockets = new Set<Socket>()
  let whole = true
  const server = createServer((near) => {
    near.on('error', () => {})
    if (!whole) {
      near.resetAndDestroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    whole = false
    for (const socket of [...sockets]) socket.resetAndDestroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend() {
      whole = true
    },
    close: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}
