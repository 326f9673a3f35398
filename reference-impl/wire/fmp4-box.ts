/** ISO/IEC 14496-12 §4.2: a box is a 32-bit size, a four-character type and a body. */
export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  let size = 8
  for (const part of parts) size += part.length
  const out = new Uint8Array(size)
  new DataView(out.buffer).setUint32(0, size)
  out.set(ascii(type), 4)
  let at = 8
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** §4.2: a box whose body starts with a version and 24 bits of flags. */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return box(type, u32(((version << 24) | flags) >>> 0), ...parts)
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values)
}

export function u16(...values: readonly number[]): Uint8Array {
  const out = new Uint8Array(values.length * 2)
  const view = new DataView(out.buffer)
  values.forEach((value, index) => {
    view.setUint16(index * 2, value)
  })
  return out
}

export function u32(...values: readonly number[]): Uint8Array {
  const out = new Uint8Array(values.length * 4)
  const view = new DataView(out.buffer)
  values.forEach((value, index) => {
    view.setUint32(index * 4, value)
  })
  return out
}

export function zeros(length: number): Uint8Array {
  return new Uint8Array(length)
}
