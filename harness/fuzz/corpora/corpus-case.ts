/** One input that is broken on purpose. */
export interface CorpusCase {
  /** What is broken, for example `conclusion/mtu=0`. */
  readonly name: string
  readonly bytes: Buffer
}

/** An unsigned big-endian number in a packet. */
export interface Field {
  readonly name: string
  readonly at: number
  readonly size: 1 | 2 | 4
}

/** Each field of a healthy packet at the values where readers turn wrong, and the packet cut there. */
export function fieldCases(
  prefix: string,
  healthy: Buffer,
  fields: readonly Field[],
  repair: (bytes: Buffer) => Buffer = (bytes) => bytes,
): CorpusCase[] {
  return fields.flatMap(({ name, at, size }) => {
    const most = 2 ** (8 * size)
    const actual = healthy.readUIntBE(at, size)
    const values = new Set([0, 1, most / 2 - 1, most / 2, most - 1])
    values.delete(actual)
    const changed = [...values].map((value) => {
      const bytes = Buffer.from(healthy)
      bytes.writeUIntBE(value, at, size)
      return { name: `${prefix}/${name}=${value}`, bytes: repair(bytes) }
    })
    return [
      ...changed,
      { name: `${prefix}/cut-before-${name}`, bytes: Buffer.from(healthy.subarray(0, at)) },
    ]
  })
}
