import { safeLine } from '../report/safe-line.ts'
import type { DoorAddress } from './form-field.ts'

/** What is to be entered in the device, as its form wants it. */
export function formLines(addresses: readonly DoorAddress[]): string[] {
  const width = Math.max(
    ...addresses.flatMap(({ fields }) => fields.map(({ label }) => label.length)),
  )
  return addresses.flatMap(({ host, fields }) => [
    addresses.length > 1 ? `Enter this in the encoder, on ${host}:` : 'Enter this in the encoder:',
    ...fields.map(({ label, value }) => `  ${label.padEnd(width)}  ${safeLine(value)}`),
    '',
  ])
}
