import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../scenario/paths.ts'
import { generatedDocuments } from './documents.ts'

for (const [path, content] of Object.entries(await generatedDocuments()))
  writeFileSync(join(root, path), content)
