import { buildSrtText } from '../../reference-impl/wire/srt-extensions.ts'
import {
  buildSrtKeyMaterial,
  deriveSrtWrapKey,
  wrapSrtKeys,
} from '../../reference-impl/wire/srt-key-material.ts'
import { SrtKey } from '../../reference-impl/wire/srt-packet.ts'
import { cryptSrtPayload } from '../../reference-impl/wire/srt-payload-crypto.ts'
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
/** Conclusions with key material are the longest. */
const keyMaterials = srt.filter((bytes) => bytes.length > 128)
const ts = readCorpus('ts').map(({ bytes }) => bytes)
const PAYLOAD = 1316
const PLACEHOLDER = buildSrtText(SRT_STREAM_ID)
/** Header bytes that are not mutated within a session: the listener must find the session. */
const HEADER = 16

/** Calls with broken handshakes, key material, control packets and transport streams. */
export const srtInput: FuzzInput = {
  build(seed, index, { names, encrypted }) {
    const random = new Random(seed, index)
    const streamId = `push:${names[index % names.length]}`
    const keys = encrypted !== null && random.chance(30) ? keysFor(encrypted.passphrase) : null
    const call = { ...(keys && { keys: keys.material }) }
    const steps: SrtStep[] = []
    const place = random.int(100)
    if (place < 30) {
      const strange = random.chance(60)
        ? renamed(random.pick(keys ? keyMaterials : srt), streamId)
        : mutate(random, healthyConclusion(streamId, call), { count: 1 + random.int(3) })
      steps.push({ kind: random.chance(90) ? 'conclusion' : 'as-is', bytes: strange })
    }
    steps.push({ kind: 'conclusion', bytes: healthyConclusion(streamId, call) })
    for (let number = 0, count = lengthOf(random); number < count; number++) {
      const bytes = packet(random, number)
      steps.push({ kind: 'session', bytes: keys ? encrypt(bytes, keys) : bytes })
    }
    steps.push({ kind: 'session', bytes: healthyControls().at(-1) ?? Buffer.alloc(0) })
    const bytes = packSteps(steps)
    return keys && encrypted ? { bytes, port: encrypted.port } : { bytes }
  },
  deliver: deliverSrt,
  judge(answer) {
    if (answer.length === 0) return null
    const control = answer.length >= HEADER && ((answer[0] ?? 0) & 0x80) !== 0
    return control ? null : `answered ${answer.length} bytes that are no control packet`
  },
  letIn: isConclusion,
}

interface Keys {
  readonly material: Buffer
  readonly key: Buffer
  readonly salt: Buffer
}

/** The same in each session: what is tried is the reading, not the strength. */
const keysOf = new Map<string, Keys>()
function keysFor(passphrase: string): Keys {
  const known = keysOf.get(passphrase)
  if (known) return known
  const [key, salt] = [Buffer.alloc(16, 3), Buffer.alloc(16, 7)]
  const wrapped = wrapSrtKeys(deriveSrtWrapKey(passphrase, salt, key.length), key)
  const material = buildSrtKeyMaterial({ keys: SrtKey.even, salt, keyBytes: 16, wrapped })
  keysOf.set(passphrase, { material, key, salt })
  return { material, key, salt }
}

/** Data packets say which key; control packets stay as they are. */
function encrypt(bytes: Buffer, { key, salt }: Keys): Buffer {
  if (bytes.length <= HEADER || ((bytes[0] ?? 0) & 0x80) !== 0) return bytes
  const payload = cryptSrtPayload(key, salt, bytes.readUInt32BE(0), bytes.subarray(HEADER))
  const out = Buffer.concat([bytes.subarray(0, HEADER), payload])
  out[4] = (out[4] ?? 0) | (SrtKey.even << 3)
  return out
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
