import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Limit {
  readonly module: string
  readonly name: string
  readonly value: number
  /** The doc comment of the constant, on one line. */
  readonly meaning: string
}

const COMMENT = String.raw`\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*`
const constant = new RegExp(`(?:${COMMENT})?export const ([A-Z][A-Z0-9_]*)(?:: [\\w<>]+)? =`, 'g')

/** Every numeric constant of every `limits.ts` below `folder`, with what its comment says. */
export async function collectLimits(folder: string): Promise<Limit[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('limits.ts'))
    .sort()
  const limits: Limit[] = []
  for (const file of files) {
    const path = join(folder, file)
    const values: Record<string, unknown> = await import(pathToFileURL(path).href)
    const text = readFileSync(path, 'utf8')
    const module = relative(folder, dirname(path)) || '.'
    for (const [, comment, name] of text.matchAll(constant)) {
      const value = values[name!]
      if (typeof value === 'number')
        limits.push({ module, name: name!, value, meaning: oneLine(comment) })
      else if (typeof value === 'object' && value !== null)
        limits.push(...fieldsOf(value, module, text))
    }
  }
  return limits
}

/** The numbers of an object of limits; what they mean is said where its interface is. */
function fieldsOf(value: object, module: string, text: string): Limit[] {
  return Object.entries(value).flatMap(([name, field]): Limit[] => {
    if (typeof field !== 'number') return []
    const comment = new RegExp(`${COMMENT}readonly ${name}: number`).exec(text)?.[1]
    return comment === undefined ? [] : [{ module, name, value: field, meaning: oneLine(comment) }]
  })
}

function oneLine(comment: string | undefined): string {
  return (comment ?? '').replace(/\s*\n\s*\*\s*/g, ' ').trim()
}

/** The limits as a Markdown table. */
export function limitsTable(limits: readonly Limit[]): string {
  const rows = limits.map(
    ({ module, name, value, meaning }) =>
      `| ${module} | \`${name}\` | ${value.toLocaleString('en-GB')} | ${meaning.replaceAll('|', '\\|')} |`,
  )
  return ['| where | limit | value | what it bounds |', '|---|---|---|---|', ...rows].join('\n')
}
