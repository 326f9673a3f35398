import type { Level, Mutant } from '../conformance/rule.ts'

interface Card {
  readonly id: string
  readonly level: Level
  readonly title: string
  readonly source: { readonly document: string; readonly clause?: string }
  readonly advice?: string
  readonly mutants: readonly Mutant[]
}

/** The rule catalogue as a Markdown page: one table for each family. */
export function rulesPage(rules: readonly Card[], familyOf: (id: string) => string): string {
  const families = Map.groupBy(rules, ({ id }) => familyOf(id))
  const tables = [...families].map(([family, members]) => {
    const rows = members.map(row)
    return [
      `## ${family}.*`,
      '',
      '| rule | level | what holds | source | broken by |',
      '|---|---|---|---|---|',
      ...rows,
    ].join('\n')
  })
  return [
    '# Rules',
    '',
    `${rules.length} rules in ${families.size} families. This page is made from the code (\`npm run docs\`); a test keeps it true.`,
    '',
    '**must**: breaking it fails. **should**: breaking it warns. **info**: what was seen is recorded.',
    'The last column names the mutants (a bad encoder profile, or a fault of the reference) that `./liveproof prove` uses to show that the rule can fail.',
    '',
    tables.join('\n\n'),
    '',
  ].join('\n')
}

function row({ id, level, title, source, advice, mutants }: Card): string {
  const clause = source.clause ? `, ${source.clause}` : ''
  const what = advice ? `${capital(title)}. *${capital(advice)}.*` : `${capital(title)}.`
  const broken = mutants.map((mutant) => `\`${mutant.id}\``).join(', ') || '—'
  return `| \`${id}\` | ${level} | ${cell(what)} | ${cell(source.document + clause)} | ${broken} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '')
}
