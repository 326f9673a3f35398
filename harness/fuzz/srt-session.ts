/** A packet of a caller, and what it needs before it goes out. */
export interface SrtStep {
  readonly kind: 'as-is' | 'conclusion' | 'session'
  readonly bytes: Buffer
}

const KINDS = ['as-is', 'conclusion', 'session'] as const

/** Steps as the bytes of one session: kind, length (2 bytes), packet. */
export function packSteps(steps: readonly SrtStep[]): Buffer {
  return Buffer.concat(
    steps.flatMap(({ kind, bytes }) => {
      const cut = bytes.subarray(0, 0xffff)
      const head = Buffer.alloc(3)
      head[0] = KINDS.indexOf(kind)
      head.writeUInt16BE(cut.length, 1)
      return [head, cut]
    }),
  )
}

export function unpackSteps(bytes: Buffer): SrtStep[] {
  const steps: SrtStep[] = []
  for (let at = 0; at + 3 <= bytes.length; ) {
    const end = at + 3 + bytes.readUInt16BE(at + 1)
    steps.push({ kind: KINDS[bytes[at] ?? 0] ?? 'as-is', bytes: bytes.subarray(at + 3, end) })
    at = end
  }
  return steps
}
