// ASN.1 DER (X.690), as much as a certificate takes.

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), body])
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tlv(0x30, ...parts)
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return tlv(0x31, ...parts)
}

/** `tag` is the context-specific number; constructed unless `primitive`. */
export function tagged(tag: number, body: Uint8Array, primitive = false): Buffer {
  return tlv((primitive ? 0x80 : 0xa0) | tag, body)
}

/** Of an unsigned number, big-endian. */
export function integer(bytes: Uint8Array): Buffer {
  const sign = ((bytes[0] ?? 0) & 0x80) === 0 ? [] : [0]
  return tlv(0x02, Buffer.from(sign), bytes)
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const septets = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) septets.unshift((left & 0x7f) | 0x80)
    bytes.push(...septets)
  }
  return tlv(0x06, Buffer.from(bytes))
}

export function utf8String(text: string): Buffer {
  return tlv(0x0c, Buffer.from(text))
}

/** Years 1950–2049. */
export function utcTime(time: Date): Buffer {
  return tlv(0x17, Buffer.from(`${time.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
}

export function octetString(body: Uint8Array): Buffer {
  return tlv(0x04, body)
}

/** Whole bytes. */
export function bitString(body: Uint8Array): Buffer {
  return tlv(0x03, Buffer.of(0), body)
}

export function truth(): Buffer {
  return tlv(0x01, Buffer.of(0xff))
}
