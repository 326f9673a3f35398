import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allRules, familyOf } from '../conformance/registry.ts'
import { root } from '../scenario/paths.ts'
import { collectLimits, limitsTable } from './limits-table.ts'
import { replaceMarkedPart } from './marked-part.ts'
import { rulesPage } from './rules-page.ts'

/** Documents made from the code: path below the project's folder, and what it should hold. */
export async function generatedDocuments(): Promise<Record<string, string>> {
  const security = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  const limits = limitsTable(await collectLimits(join(root, 'reference-impl')))
  const network = readFileSync(join(root, 'docs/network-model.md'), 'utf8')
  const ofLinks = limitsTable(await collectLimits(join(root, 'harness/network')))
  return {
    'docs/rules.md': rulesPage(allRules, familyOf),
    'SECURITY.md': replaceMarkedPart(security, 'limits', limits),
    'docs/network-model.md': replaceMarkedPart(network, 'limits', ofLinks),
  }
}
