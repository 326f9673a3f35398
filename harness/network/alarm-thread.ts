import { parentPort, workerData } from 'node:worker_threads'
import { type AlarmMemory, NEVER } from './alarm-memory.ts'

/** The longest that it sleeps without looking, ms. */
const LONGEST_MS = 60_000

const { changes, ringAt }: AlarmMemory = workerData

parentPort?.postMessage('ready')
for (;;) {
  const seen = Atomics.load(changes, 0)
  const due = Atomics.load(ringAt, 0)
  const leftMs = Number(due - process.hrtime.bigint()) / 1e6
  if (leftMs > 0) Atomics.wait(changes, 0, seen, Math.min(leftMs, LONGEST_MS))
  else if (Atomics.compareExchange(ringAt, 0, due, NEVER) === due) parentPort?.postMessage('ring')
}
