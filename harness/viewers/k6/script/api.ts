import { check, sleep } from 'k6'
import http from 'k6/http'
import { Trend } from 'k6/metrics'
import { type Arrival, deadlines, type Plan, urlFor } from './plan.ts'

const latency = new Trend('lp_api_latency', true)

/** Each client makes one round in this time, however fast the answers come: an open load. */
const ROUND_MS = 1_000

/** One client of the bintu API: creates, reads and deletes a stream each second. */
export function callApi(plan: Plan, arrival: Arrival): void {
  const { dueMs, endMs } = deadlines(plan, arrival)
  for (let nextMs = dueMs; nextMs < endMs; nextMs += ROUND_MS) {
    sleep(Math.max(0, nextMs - Date.now()) / 1000)
    makeRound(urlFor(plan, arrival), plan.apiKey)
  }
}

function makeRound(url: string, apiKey: string): void {
  const call = (name: string) => ({
    headers: { 'X-BINTU-APIKEY': apiKey, 'Content-Type': 'application/json' },
    tags: { name },
  })
  const created = http.post(`${url}/stream`, JSON.stringify({ tags: ['load'] }), call('create'))
  latency.add(created.timings.duration, { call: 'create' })
  const ok = check(created, {
    'create is answered with 200 or 201': ({ status }) => status === 200 || status === 201,
  })
  if (!ok) return
  const stream = `${url}/stream/${created.json('id')}`
  const read = http.get(stream, call('get'))
  latency.add(read.timings.duration, { call: 'get' })
  check(read, { 'the stream that was created is found': ({ status }) => status === 200 })
  const deleted = http.del(stream, null, call('delete'))
  latency.add(deleted.timings.duration, { call: 'delete' })
  check(deleted, { 'delete is answered with 200': ({ status }) => status === 200 })
}
