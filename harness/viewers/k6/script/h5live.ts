import { type BinaryType, WebSocket } from 'k6/websockets'
import { type Arrival, deadlines, type Plan, urlFor } from './plan.ts'
import { Watch } from './watch.ts'

/** One H5Live viewer: fMP4 over WebSocket, from its arrival to the end of the run. */
export function watchH5live(plan: Plan, arrival: Arrival): void {
  const { dueMs, endMs } = deadlines(plan, arrival)
  const watch = new Watch(plan, arrival)
  setTimeout(() => {
    const socket = new WebSocket(urlFor(plan, arrival))
    socket.binaryType = 'arraybuffer' as BinaryType
    watch.asks(Date.now())
    let ending = false
    const end = setTimeout(() => {
      ending = true
      socket.close()
    }, endMs - Date.now())
    socket.onmessage = (message) => {
      if (message && typeof message.data !== 'string')
        watch.media(new Uint8Array(message.data as ArrayBuffer), message.timestamp)
    }
    socket.onerror = (event) => {
      if (!ending) watch.fails(event?.error ?? 'the connection failed')
    }
    socket.onclose = () => {
      clearTimeout(end)
      if (!ending) watch.fails('the server closed the connection')
      watch.end(Math.min(Date.now(), endMs))
    }
  }, dueMs - Date.now())
}
