/** An HTTP request, or a datagram to where the session's media go. */
export interface WhipStep {
  readonly kind: 'request' | 'datagram'
  readonly bytes: Buffer
}

/** Steps as the bytes of one session: kind, length (3 bytes), content. */
export function packWhip(steps: readonly WhipStep[]): Buffer {
  return Buffer.concat(
    steps.flatMap(({ kind, bytes }) => {
      const head = Buffer.alloc(4)
      head[0] = kind === 'request' ? 0 : 1
      head.writeUIntBE(bytes.length, 1, 3)
      return [head, bytes]
    }),
  )
}

export function unpackWhip(bytes: Buffer): WhipStep[] {
  const steps: WhipStep[] = []
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUIntBE(at + 1, 3)
    const kind = bytes[at] === 0 ? 'request' : 'datagram'
    steps.push({ kind, bytes: bytes.subarray(at + 4, end) })
    at = end
  }
  return steps
}
