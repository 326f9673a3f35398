/** What a server said in AMF 0, read without trust: broken values end the list. */
export type Amf0Value =
  | number
  | string
  | boolean
  | null
  | undefined
  | Amf0Value[]
  | { [key: string]: Amf0Value }

const MAX_DEPTH = 16

/** The values of a command's body; `complete` is false when the bytes broke off or made no sense. */
export function readAmf0All(bytes: Buffer): { values: Amf0Value[]; complete: boolean } {
  const cursor = { bytes, at: 0 }
  const values: Amf0Value[] = []
  try {
    while (cursor.at < bytes.length) values.push(readValue(cursor, 0))
    return { values, complete: true }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { values, complete: false }
  }
}

interface Cursor {
  readonly bytes: Buffer
  at: number
}

function readValue(cursor: Cursor, depth: number): Amf0Value {
  if (depth > MAX_DEPTH) throw new RangeError('nested too deeply')
  switch (take(cursor, 1)[0]) {
    case 0x00:
      return take(cursor, 8).readDoubleBE()
    case 0x01:
      return take(cursor, 1)[0] !== 0
    case 0x02:
      return readText(cursor)
    case 0x03:
      return readProperties(cursor, depth)
    case 0x05:
      return null
    case 0x06:
      return undefined
    case 0x08:
      take(cursor, 4)
      return readProperties(cursor, depth)
    case 0x0a: {
      const items: Amf0Value[] = []
      for (let left = take(cursor, 4).readUInt32BE(); left > 0; left--) {
        items.push(readValue(cursor, depth + 1))
      }
      return items
    }
    case 0x0b:
      return take(cursor, 10).readDoubleBE()
    case 0x0c:
      return take(cursor, take(cursor, 4).readUInt32BE()).toString()
    default:
      throw new RangeError('unknown marker')
  }
}

function readProperties(cursor: Cursor, depth: number): { [key: string]: Amf0Value } {
  const properties: { [key: string]: Amf0Value } = {}
  for (;;) {
    const key = readText(cursor)
    if (key === '' && cursor.bytes[cursor.at] === 0x09) {
      cursor.at++
      return properties
    }
    Object.defineProperty(properties, key, {
      value: readValue(cursor, depth + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
}

function readText(cursor: Cursor): string {
  return take(cursor, take(cursor, 2).readUInt16BE()).toString()
}

function take(cursor: Cursor, count: number): Buffer {
  if (cursor.at + count > cursor.bytes.length) throw new RangeError('cut short')
  const part = cursor.bytes.subarray(cursor.at, cursor.at + count)
  cursor.at += count
  return part
}
