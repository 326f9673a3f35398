import { readCorpus } from './corpora/corpora.ts'
import { dtlsHello } from './corpora/dtls-hello.ts'
import { HEALTHY_OFFER } from './corpora/sdp-cases.ts'
import {
  healthyDelete,
  healthyPatch,
  healthyPost,
  WHIP_STREAM,
  whipRequest,
} from './corpora/whip-cases.ts'
import { deliverWhip, ETAG, SESSION } from './deliver-whip.ts'
import type { FuzzInput } from './fuzz-input.ts'
import { judgeHttp } from './http-answer.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'
import { packWhip, type WhipStep } from './whip-session.ts'

const requests = readCorpus('whip').map(({ bytes }) => bytes)
const offers = readCorpus('sdp').map(({ bytes }) => bytes)
const packets = readCorpus('rtp').map(({ bytes }) => bytes)

/** Requests with broken heads and offers; behind those that are let in, fragments and datagrams. */
export const whipInput: FuzzInput = {
  build(seed, index, { names }) {
    const random = new Random(seed, index)
    const name = names[index % names.length] ?? WHIP_STREAM
    const steps: WhipStep[] = [{ kind: 'request', bytes: named(first(random), name) }]
    for (let left = random.int(12); left > 0; left--) {
      steps.push({ kind: 'datagram', bytes: datagram(random) })
    }
    for (let left = random.int(4); left > 0; left--) {
      steps.push({ kind: 'request', bytes: patch(random) })
    }
    // Some sessions are left alone, as clients do whose ICE never ends.
    if (random.chance(85)) steps.push({ kind: 'request', bytes: healthyDelete(SESSION) })
    return { bytes: packWhip(steps) }
  },
  deliver: deliverWhip,
  judge: judgeHttp,
  letIn: (answer) => answer.toString('latin1', 0, 12) === 'HTTP/1.1 201',
}

function first(random: Random): Buffer {
  const what = random.int(100)
  if (what < 25) return healthyPost()
  if (what < 40) return random.pick(requests)
  if (what < 50) return mutate(random, healthyPost(), { count: 1 + random.int(4) })
  const offer = what < 75 ? random.pick(offers) : mutate(random, Buffer.from(HEALTHY_OFFER))
  const headers = { 'Content-Type': 'application/sdp' }
  return whipRequest({ headers, body: offer.toString('latin1') })
}

function patch(random: Random): Buffer {
  const match = random.pick(['*', ETAG, '"x"', ''])
  const fragment = random.chance(50)
    ? 'a=ice-ufrag:efgh\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n'
    : 'm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n'
  const text = random.chance(50)
    ? fragment
    : mutate(random, Buffer.from(fragment), { count: 1 + random.int(3) }).toString('latin1')
  return healthyPatch(SESSION, match, text)
}

function datagram(random: Random): Buffer {
  const what = random.int(100)
  if (what < 30) return Buffer.from(random.pick(packets))
  if (what < 50) return mutate(random, random.pick(packets), { count: 1 + random.int(3) })
  if (what < 60) return dtlsHello()
  return mutate(random, dtlsHello(), { count: 1 + random.int(4) })
}

/** The placeholder and the names have the same length. */
function named(bytes: Buffer, name: string): Buffer {
  const copy = Buffer.from(bytes)
  if (name.length !== WHIP_STREAM.length) return copy
  for (let at = copy.indexOf(WHIP_STREAM); at >= 0; at = copy.indexOf(WHIP_STREAM, at + 1)) {
    copy.write(name, at, 'latin1')
  }
  return copy
}
