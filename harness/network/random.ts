/**
 * Randomness by counter: the value depends on the key and the index alone, not on what was drawn
 * before. So a packet's fate is the same whenever, and in whatever order, it is decided.
 */
export function uniform(key: number, index: number): number {
  const high = Math.floor(index / 2 ** 32)
  const hash = mix(mix((index ^ Math.imul(high, 0x9e3779b1)) + key) ^ Math.imul(key, 0x85ebca6b))
  return (hash + 0.5) / 2 ** 32
}

/** A standard normal value (Box–Muller). */
export function normal(key: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(key, 2 * index)))
  return radius * Math.cos(2 * Math.PI * uniform(key, 2 * index + 1))
}

/** A key for one purpose: every stage of every direction of every link draws with its own. */
export function keyFor(seed: number, ...purpose: readonly string[]): number {
  let key = mix(seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1))
  for (const word of purpose) {
    for (let i = 0; i < word.length; i++) key = mix((key + word.charCodeAt(i)) ^ 0x5bd1e995)
    key = mix(key ^ 0x2c1b3c6d)
  }
  return key
}

/** A bijection of 32 bits in which every bit of the input moves half of the output's. */
function mix(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 17), 0xed5ad4bb)
  x = Math.imul(x ^ (x >>> 11), 0xac4c1b51)
  x = Math.imul(x ^ (x >>> 15), 0x31848bab)
  return (x ^ (x >>> 14)) >>> 0
}
