/** AMF 0 by hand (AMF 0 specification, §2), so that a probe can also write it wrong. */
export type Amf0 = number | string | boolean | null | undefined | { readonly [key: string]: Amf0 }

export const AMF0_NUMBER = 0x00
export const AMF0_BOOLEAN = 0x01
export const AMF0_STRING = 0x02
export const AMF0_OBJECT = 0x03
export const AMF0_NULL = 0x05
export const AMF0_UNDEFINED = 0x06
export const AMF0_ECMA_ARRAY = 0x08
export const AMF0_STRICT_ARRAY = 0x0a
export const AMF0_OBJECT_END = Buffer.from([0x00, 0x00, 0x09])

/** One value. Objects are written as anonymous objects (marker 3). */
export function amf0(value: Amf0): Buffer {
  if (value === null) return Buffer.from([AMF0_NULL])
  if (value === undefined) return Buffer.from([AMF0_UNDEFINED])
  if (typeof value === 'boolean') return Buffer.from([AMF0_BOOLEAN, value ? 1 : 0])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9)
    bytes.writeDoubleBE(value, 1)
    return bytes
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.from([AMF0_STRING]), amf0Key(value)])
  return Buffer.concat([Buffer.from([AMF0_OBJECT]), amf0Properties(value)])
}

/** Values one after another, as a command's body has them. */
export function amf0All(...values: readonly Amf0[]): Buffer {
  return Buffer.concat(values.map(amf0))
}

/** @param count what the array claims to hold; nobody has to believe it */
export function amf0EcmaArray(value: { readonly [key: string]: Amf0 }, count?: number): Buffer {
  const head = Buffer.alloc(5)
  head[0] = AMF0_ECMA_ARRAY
  head.writeUInt32BE(count ?? Object.keys(value).length, 1)
  return Buffer.concat([head, amf0Properties(value)])
}

/** A string without its marker: 16-bit length and UTF-8. */
export function amf0Key(text: string): Buffer {
  const utf8 = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(utf8.length)
  return Buffer.concat([length, utf8])
}

function amf0Properties(value: { readonly [key: string]: Amf0 }): Buffer {
  const parts: Buffer[] = []
  for (const [key, item] of Object.entries(value)) parts.push(amf0Key(key), amf0(item))
  return Buffer.concat([...parts, AMF0_OBJECT_END])
}
