import type { Random } from './random.ts'

/** Numbers at which parsers turn wrong: ends of ranges, signs, powers of two. */
const EDGES = [
  0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffff, 0x800000,
  0xffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
] as const
const LONGEST_RANGE = 512
/** Bytes; a mutation that doubles again and again must not. */
const LARGEST = 4 * 2 ** 20

type Mutation = (random: Random, bytes: Buffer, other: Buffer) => Buffer

const mutations: readonly Mutation[] = [
  flipBits,
  flipBits,
  setByte,
  editNumber,
  editNumber,
  cut,
  remove,
  duplicate,
  swap,
  insert,
  splice,
]

/**
 * `count` mutations one after the other, none before `from`. The input is left as it is.
 * @param other where spliced bytes come from
 */
export function mutate(
  random: Random,
  input: Buffer,
  { count = 1, from = 0, other = input }: { count?: number; from?: number; other?: Buffer } = {},
): Buffer {
  const head = input.subarray(0, from)
  let tail = Buffer.from(input.subarray(from))
  for (let left = count; left > 0 && tail.length > 0; left--) {
    tail = Buffer.from(random.pick(mutations)(random, tail, other).subarray(0, LARGEST))
  }
  return Buffer.concat([head, tail])
}

function flipBits(random: Random, bytes: Buffer): Buffer {
  for (let left = 1 + random.int(8); left > 0; left--) {
    const at = random.int(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8))
  }
  return bytes
}

function setByte(random: Random, bytes: Buffer): Buffer {
  bytes[random.int(bytes.length)] = random.chance(50) ? random.int(256) : random.pick(EDGES) & 0xff
  return bytes
}

/** Overwrites 1 to 4 bytes as a length field has them, big or little endian. */
function editNumber(random: Random, bytes: Buffer): Buffer {
  const size = Math.min(1 + random.int(4), bytes.length)
  const at = random.int(bytes.length - size + 1)
  const value = random.pick(EDGES) % 2 ** (8 * size)
  if (random.chance(80)) bytes.writeUIntBE(value, at, size)
  else bytes.writeUIntLE(value, at, size)
  return bytes
}

function cut(random: Random, bytes: Buffer): Buffer {
  return bytes.subarray(0, random.int(bytes.length))
}

function remove(random: Random, bytes: Buffer): Buffer {
  const { at, end } = range(random, bytes)
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
}

function duplicate(random: Random, bytes: Buffer): Buffer {
  const { at, end } = range(random, bytes)
  const times = random.chance(5) ? 200 : 1 + random.int(3)
  const part = bytes.subarray(at, end)
  const copies = Array.from({ length: times }, () => part)
  return Buffer.concat([bytes.subarray(0, end), ...copies, bytes.subarray(end)])
}

function swap(random: Random, bytes: Buffer): Buffer {
  const one = range(random, bytes)
  const rest = bytes.subarray(one.end)
  const two = range(random, rest)
  return Buffer.concat([
    bytes.subarray(0, one.at),
    rest.subarray(0, two.end),
    bytes.subarray(one.at, one.end),
    rest.subarray(two.end),
  ])
}

function insert(random: Random, bytes: Buffer): Buffer {
  const some = Buffer.alloc(1 + random.int(64))
  const fill = random.int(3)
  for (let i = 0; i < some.length; i++)
    some[i] = fill === 0 ? 0 : fill === 1 ? 0xff : random.int(256)
  const at = random.int(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), some, bytes.subarray(at)])
}

function splice(random: Random, bytes: Buffer, other: Buffer): Buffer {
  const { at, end } = range(random, other)
  const here = random.int(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, here), other.subarray(at, end), bytes.subarray(here)])
}

function range(random: Random, bytes: Buffer): { at: number; end: number } {
  const at = random.int(bytes.length)
  return { at, end: Math.min(bytes.length, at + 1 + random.int(LONGEST_RANGE)) }
}
