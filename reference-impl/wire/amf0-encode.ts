import {
  AmfEcmaArray,
  AmfMarker,
  type AmfObject,
  AmfReference,
  AmfTypedObject,
  AmfUnsupported,
  type AmfValue,
  AmfXml,
} from './amf0.ts'
import { ByteWriter, encodeUtf8 } from './bytes.ts'

/** Throws `TypeError` for a key of more than 65,535 bytes. */
export function encodeAmf0(...values: readonly AmfValue[]): Buffer {
  const writer = new ByteWriter()
  for (const value of values) write(writer, value)
  return writer.finish()
}

function write(writer: ByteWriter, value: AmfValue): void {
  if (typeof value === 'number') {
    writer.u8(AmfMarker.number).f64(value)
  } else if (typeof value === 'boolean') {
    writer.u8(AmfMarker.boolean).u8(value ? 1 : 0)
  } else if (typeof value === 'string') {
    writeString(writer, value)
  } else if (value === null) {
    writer.u8(AmfMarker.null)
  } else if (value === undefined) {
    writer.u8(AmfMarker.undefined)
  } else if (value instanceof Date) {
    writer.u8(AmfMarker.date).f64(value.getTime()).u16(0)
  } else if (Array.isArray(value)) {
    writer.u8(AmfMarker.strictArray).u32(value.length)
    for (const item of value) write(writer, item)
  } else if (value instanceof AmfEcmaArray) {
    writer.u8(AmfMarker.ecmaArray).u32(Object.keys(value.fields).length)
    writeFields(writer, value.fields)
  } else if (value instanceof AmfTypedObject) {
    writer.u8(AmfMarker.typedObject)
    writeKey(writer, value.className)
    writeFields(writer, value.fields)
  } else if (value instanceof AmfReference) {
    writer.u8(AmfMarker.reference).u16(value.index)
  } else if (value instanceof AmfXml) {
    const text = encodeUtf8(value.text)
    writer.u8(AmfMarker.xmlDocument).u32(text.length).bytes(text)
  } else if (value instanceof AmfUnsupported) {
    writer.u8(AmfMarker.unsupported)
  } else {
    writer.u8(AmfMarker.object)
    writeFields(writer, value)
  }
}

function writeString(writer: ByteWriter, value: string): void {
  const text = encodeUtf8(value)
  if (text.length <= 0xffff) writer.u8(AmfMarker.string).u16(text.length).bytes(text)
  else writer.u8(AmfMarker.longString).u32(text.length).bytes(text)
}

function writeKey(writer: ByteWriter, key: string): void {
  const text = encodeUtf8(key)
  if (text.length > 0xffff) throw new TypeError(`AMF key of ${text.length} bytes`)
  writer.u16(text.length).bytes(text)
}

function writeFields(writer: ByteWriter, fields: AmfObject): void {
  for (const [key, value] of Object.entries(fields)) {
    writeKey(writer, key)
    write(writer, value)
  }
  writer.u16(0).u8(AmfMarker.objectEnd)
}
