// Action Message Format 0 (Adobe, AMF 0 file format specification, 2007).

/** An object whose keys are data: it has no prototype when it was decoded. */
export interface AmfObject {
  [key: string]: AmfValue
}

/** Marker 8: like an object on the wire, with a count that receivers only take for a hint. */
export class AmfEcmaArray {
  readonly fields: AmfObject

  constructor(fields: AmfObject) {
    this.fields = fields
  }
}

/** Marker 0x10: an object with a class name. */
export class AmfTypedObject {
  readonly className: string
  readonly fields: AmfObject

  constructor(className: string, fields: AmfObject) {
    this.className = className
    this.fields = fields
  }
}

/** Marker 7. Left unresolved: resolving would allow cycles and exponential growth. */
export class AmfReference {
  readonly index: number

  constructor(index: number) {
    this.index = index
  }
}

/** Marker 0x0F. */
export class AmfXml {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Marker 0x0D. */
export class AmfUnsupported {
  readonly unsupported = true
}

export type AmfValue =
  | number
  | boolean
  | string
  | null
  | undefined
  | Date
  | AmfValue[]
  | AmfEcmaArray
  | AmfTypedObject
  | AmfReference
  | AmfXml
  | AmfUnsupported
  | AmfObject

export const AmfMarker = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  reference: 0x07,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  unsupported: 0x0d,
  xmlDocument: 0x0f,
  typedObject: 0x10,
  avmPlus: 0x11,
} as const

/** The fields of an object, an ECMA array or a typed object; undefined for anything else. */
export function amfFields(value: AmfValue): AmfObject | undefined {
  if (value instanceof AmfEcmaArray || value instanceof AmfTypedObject) return value.fields
  return isAmfObject(value) ? value : undefined
}

export function isAmfObject(value: AmfValue): value is AmfObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof AmfEcmaArray) &&
    !(value instanceof AmfTypedObject) &&
    !(value instanceof AmfReference) &&
    !(value instanceof AmfXml) &&
    !(value instanceof AmfUnsupported)
  )
}
