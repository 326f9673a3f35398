import { Agent, request } from 'node:http'
import { TargetError } from '../errors.ts'
import { streamAnswer } from './bintu-answers.ts'
import { type BintuStream, toBintuStream } from './bintu-stream.ts'
import type { Target } from './target.ts'

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
  const text = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new TargetError('LP_API_UNREACHABLE', why))
    const asked = request(`${api}/stream/${encodeURIComponent(id)}`, {
      agent: agentFor(client),
      headers: { 'X-BINTU-APIKEY': apiKey },
      signal: AbortSignal.timeout(ASK_DEADLINE_MS),
    })
    asked.on('error', (error) => fail(`GET /stream/${id}: ${error.message}`))
    asked.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part
        if (body.length > MAX_ANSWER_BYTES) response.destroy()
      })
      response.on('error', (error) => fail(error.message))
      response.on('close', () => fail(`GET /stream/${id}: the answer was cut`))
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body)
        else fail(`GET /stream/${id}: answered ${response.statusCode}`)
      })
    })
    asked.end()
  })
  const answer = streamAnswer.safeParse(JSON.parse(text))
  if (answer.success) return toBintuStream(answer.data)
  throw new TargetError('LP_API_UNEXPECTED_SHAPE', `GET /stream/${id}: ${answer.error.message}`)
}
