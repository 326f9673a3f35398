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

const constant = /(?:\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*)?export const ([A-Z][A-Z0-9_]*) =/g

/** Every numeric constant of every `limits.ts` below `folder`, with what its comment says. */
export async function collectLimits(folder: string): Promise<Limit[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('limits.ts'))
    .sort()
  const limits: Limit[] = []
  for (const file of files) {
    const path = join(folder, file)
    const values: Record<string, unknown> = await import(pathToFileURL(path).href)
    for (const [, comment, name] of readFileSync(path, 'utf8').matchAll(constant)) {
      const value = values[name!]
      if (typeof value !== 'number') continue
      limits.push({
        module: relative(folder, dirname(path)) || '.',
        name: name!,
        value,
        meaning: (comment ?? '').replace(/\s*\n\s*\*\s*/g, ' ').trim(),
      })
    }
  }
  return limits
}

/** The limits as a Markdown table. */
export function limitsTable(limits: readonly Limit[]): string {
  const rows = limits.map(
    ({ module, name, value, meaning }) =>
      `| ${module} | \`${name}\` | ${value.toLocaleString('en-GB')} | ${meaning.replaceAll('|', '\\|')} |`,
  )
  return ['| where | limit | value | what it bounds |', '|---|---|---|---|', ...rows].join('\n')
}
