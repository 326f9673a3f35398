import { Agent, request } from 'node:http'
import type { z } from 'zod'
import { TargetError } from '../errors.ts'
import { playoutAnswer, streamAnswer } from './bintu-answers.ts'
import { type BintuStream, toBintuStream, toPlayout } from './bintu-stream.ts'
import type { Target, TargetStream } from './target.ts'

const ASK_DEADLINE_MS = 5_000
const MAX_ANSWER_BYTES = 1024 * 1024

/** One agent for each place, so that hundreds of viewers share a few connections. */
const agents = new Map<string | undefined, Agent>()

function agentFor(client: string | undefined): Agent {
  const known = agents.get(client)
  if (known) return known
  const options = { keepAlive: true, maxSockets: 20, timeout: 2_000 }
  const agent = new Agent(client === undefined ? options : { ...options, localAddress: client })
  agents.set(client, agent)
  return agent
}

/**
 * The stream as the target describes it to a client at another place.
 * @param client source address, or this machine's own
 * @throws TargetError `LP_API_UNREACHABLE` | `LP_API_UNEXPECTED_SHAPE`
 */
export async function askFrom(
  { api, apiKey }: Pick<Target, 'api' | 'apiKey'>,
  id: string,
  client: string | undefined,
): Promise<BintuStream> {
  const url = `${api}/stream/${encodeURIComponent(id)}`
  return toBintuStream(await ask(url, { 'X-BINTU-APIKEY': apiKey }, client, streamAnswer))
}

/**
 * Where a player at another place is to play a stream from, asked as players do: without a key.
 * @param url of the stream at the API
 * @throws TargetError as `askFrom`
 */
export async function askPlayout(
  url: string,
  client: string | undefined,
): Promise<TargetStream['playout']> {
  return toPlayout(await ask(url, {}, client, playoutAnswer))
}

async function ask<T>(
  url: string,
  headers: Readonly<Record<string, string>>,
  client: string | undefined,
  schema: z.ZodType<T>,
): Promise<T> {
  const text = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) =>
      reject(new TargetError('LP_API_UNREACHABLE', `${new URL(url).pathname}: ${why}`))
    const asked = request(url, {
      agent: agentFor(client),
      headers,
      signal: AbortSignal.timeout(ASK_DEADLINE_MS),
    })
    asked.on('error', (error) => fail(error.message))
    asked.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part
        if (body.length > MAX_ANSWER_BYTES) response.destroy()
      })
      response.on('error', (error) => fail(error.message))
      response.on('close', () => fail('the answer was cut'))
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body)
        else fail(`answered ${response.statusCode}`)
      })
    })
    asked.end()
  })
  const answer = schema.safeParse(jsonOf(text))
  if (answer.success) return answer.data
  const why = answer.error.issues[0]?.message ?? ''
  throw new TargetError('LP_API_UNEXPECTED_SHAPE', `${new URL(url).pathname}: ${why}`)
}

/** Undefined for what is no JSON; no answer has that shape. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
