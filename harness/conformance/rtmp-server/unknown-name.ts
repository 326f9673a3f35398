import { randomBytes } from 'node:crypto'

/** A name of the right form, in the same organisation, that nobody has. */
export function unknownName(known: string): string {
  const [organisation = 'XXXXX'] = known.split('-')
  return `${organisation}-${randomBytes(4).toString('hex').slice(0, 5)}`
}
