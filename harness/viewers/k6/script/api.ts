import { check } from 'k6'
import http, { type RefinedResponse, type ResponseType } from 'k6/http'
import { Counter, Trend } from 'k6/metrics'
import { Calls, type CallsLine } from './calls.ts'
import { Lateness, type LatenessLine } from './lateness.ts'
import { inHold } from './part.ts'
import { pause } from './pause.ts'
import { type Arrival, deadlines, type Plan, urlFor } from './plan.ts'

const latency = new Trend('lp_api_latency', true)
const failed = new Counter('lp_viewers_failed')

/** Each client makes one round in this time, however fast the answers come: an open load. */
const ROUND_MS = 1_000

/** What one client says of itself at its end, as a viewer does. */
export interface ClientLine {
  readonly lp: 1
  readonly client: number
  /** While clients were still coming, and after that. */
  readonly ramp: CallsLine
  readonly hold: CallsLine
  readonly late: LatenessLine
}

/** One client of the bintu API: creates, reads and deletes a stream each second. */
export async function callApi(plan: Plan, arrival: Arrival): Promise<void> {
  const { dueMs, holdMs, endMs } = deadlines(plan, arrival)
  const [ramp, hold, lateness] = [new Calls(), new Calls(), new Lateness()]
  const url = urlFor(plan, arrival)
  await pause(dueMs - Date.now())
  lateness.begin(dueMs)
  for (let nextMs = dueMs; nextMs < endMs; nextMs += ROUND_MS) {
    await pause(nextMs - Date.now())
    const holding = nextMs >= holdMs
    if (holding) inHold()
    await makeRound(url, plan.apiKey, holding ? hold : ramp)
  }
  if (ramp.succeeded + hold.succeeded === 0) failed.add(1)
  const line: ClientLine = {
    ...{ lp: 1, client: arrival.viewer },
    ...{ ramp: ramp.line(), hold: hold.line(), late: lateness.end() },
  }
  console.log(JSON.stringify(line))
}

async function makeRound(url: string, apiKey: string, calls: Calls): Promise<void> {
  const call = async (name: string, method: string, to: string, body: string | null) => {
    const answer = await http.asyncRequest(method, to, body, {
      headers: { 'X-BINTU-APIKEY': apiKey, 'Content-Type': 'application/json' },
      tags: { name },
    })
    const { duration } = answer.timings
    latency.add(duration, { call: name })
    const ok = check(answer, { [`${name} is answered with success`]: succeeded })
    calls.add(duration, ok ? null : `${name} was answered with ${answer.status}`)
    return ok ? answer : null
  }
  const body = JSON.stringify({ tags: ['liveproof-load'] })
  const created = await call('create', 'POST', `${url}/stream`, body)
  if (!created) return
  const stream = `${url}/stream/${created.json('id')}`
  await call('get', 'GET', stream, null)
  await call('delete', 'DELETE', stream, null)
}

function succeeded({ status }: RefinedResponse<ResponseType>): boolean {
  return status >= 200 && status < 300
}
