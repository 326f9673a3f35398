import { buildSrtText } from '../../reference-impl/wire/srt-extensions.ts'
import { readCorpus } from './corpora/corpora.ts'
import {
  healthyConclusion,
  healthyControls,
  healthyData,
  SRT_STREAM_ID,
} from './corpora/srt-cases.ts'
import { healthyTs } from './corpora/ts-cases.ts'
import { deliverSrt, isConclusion } from './deliver-srt.ts'
import type { FuzzInput } from './fuzz-input.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'
import { packSteps, type SrtStep } from './srt-session.ts'

const srt = readCorpus('srt').map(({ bytes }) => bytes)
const ts = readCorpus('ts').map(({ bytes }) => bytes)
const PAYLOAD = 1316
const PLACEHOLDER = buildSrtText(SRT_STREAM_ID)
/** Header bytes that are not mutated within a session: the listener must find the session. */
const HEADER = 16

/** Calls with broken handshakes, key material, control packets and transport streams. */
export const srtInput: FuzzInput = {
  build(seed, index, { names }) {
    const random = new Random(seed, index)
    const streamId = `push:${names[index % names.length]}`
    const steps: SrtStep[] = []
    const place = random.int(100)
    if (place < 30) {
      const strange = random.chance(60)
        ? renamed(random.pick(srt), streamId)
        : mutate(random, healthyConclusion(streamId), { count: 1 + random.int(3) })
      steps.push({ kind: random.chance(90) ? 'conclusion' : 'as-is', bytes: strange })
    }
    steps.push({ kind: 'conclusion', bytes: healthyConclusion(streamId) })
    for (let number = 0, count = lengthOf(random); number < count; number++) {
      steps.push({ kind: 'session', bytes: packet(random, number) })
    }
    steps.push({ kind: 'session', bytes: healthyControls().at(-1) ?? Buffer.alloc(0) })
    return { bytes: packSteps(steps) }
  },
  deliver: deliverSrt,
  judge(answer) {
    if (answer.length === 0) return null
    const control = answer.length >= HEADER && ((answer[0] ?? 0) & 0x80) !== 0
    return control ? null : `answered ${answer.length} bytes that are no control packet`
  },
  letIn: isConclusion,
}

function lengthOf(random: Random): number {
  return random.chance(3) ? 200 + random.int(600) : 2 + random.int(24)
}

/** The healthy case's stream id is another in each session. */
function renamed(bytes: Buffer, streamId: string): Buffer {
  const copy = Buffer.from(bytes)
  const at = copy.indexOf(PLACEHOLDER)
  if (at >= 0) copy.set(buildSrtText(streamId).subarray(0, PLACEHOLDER.length), at)
  return copy
}

function packet(random: Random, number: number): Buffer {
  const what = random.int(100)
  if (what < 20) {
    const control = random.chance(50) ? random.pick(srt) : random.pick(healthyControls())
    return mutate(random, Buffer.from(control), { from: HEADER, count: 1 + random.int(3) })
  }
  if (what < 30) return Buffer.from(random.pick(srt))
  const healthy = healthyTs(90_000 + number * 3_000)
  const stream = random.chance(40) ? random.pick(ts) : healthy
  const payload = random.chance(50)
    ? stream
    : mutate(random, Buffer.from(stream), { count: 1 + random.int(4), other: random.pick(ts) })
  const data = healthyData(number, payload.subarray(0, PAYLOAD))
  if (random.chance(90)) return data
  return mutate(random, data, { count: 1 + random.int(2) })
}
