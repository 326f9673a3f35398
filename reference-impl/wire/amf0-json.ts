import { AmfReference, AmfUnsupported, type AmfValue, AmfXml, amfFields } from './amf0.ts'

/** Plain JSON data for records and viewers; strings are cut at `maxString` characters. */
export function amfToJson(value: AmfValue, maxString = 1024): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') {
    return value.length > maxString ? `${value.slice(0, maxString)}…` : value
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean') return value
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? null : value.toISOString()
  }
  if (Array.isArray(value)) return value.map((item) => amfToJson(item, maxString))
  if (value instanceof AmfXml) return amfToJson(value.text, maxString)
  if (value instanceof AmfReference || value instanceof AmfUnsupported) return null
  const json = Object.create(null) as Record<string, unknown>
  for (const [key, field] of Object.entries(amfFields(value) ?? {})) {
    json[key.length > maxString ? key.slice(0, maxString) : key] = amfToJson(field, maxString)
  }
  return json
}
