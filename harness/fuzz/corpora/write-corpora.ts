/** Writes the folders of `corpusTables` in `fixtures/corpora` anew: `node harness/fuzz/corpora/write-corpora.ts` */
import { mkdirSync, writeFileSync } from 'node:fs'
import { CORPORA, type CorpusName, corpusTables, corpusText } from './corpora.ts'

for (const [corpus, files] of Object.entries(corpusTables)) {
  mkdirSync(CORPORA + corpus, { recursive: true })
  for (const [file, cases] of Object.entries(files)) {
    writeFileSync(`${CORPORA}${corpus}/${file}.json`, corpusText(corpus as CorpusName, cases))
  }
}
