import exec from 'k6/execution'
import { type BinaryType, WebSocket } from 'k6/websockets'
import { arrivalMs, type Plan } from './plan.ts'
import { Watch } from './watch.ts'

/** One H5Live viewer: fMP4 over WebSocket, from its arrival to the end of the run. */
export function watchH5live(plan: Plan): void {
  const viewer = exec.vu.idInTest
  const watch = new Watch(viewer, plan.clockOffsetMs)
  const endMs = exec.scenario.startTime + (plan.rampSeconds + plan.holdSeconds) * 1000
  setTimeout(
    () => {
      const socket = new WebSocket(plan.url)
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
        watch.end()
      }
    },
    arrivalMs(plan, viewer),
  )
}
