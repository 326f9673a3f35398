/** Writes `fixtures/corpora/rtmp/*.json` anew: `node harness/conformance/rtmp-server/malformed/write-corpus.ts` */
import { mkdirSync, writeFileSync } from 'node:fs'
import { CORPUS, corpusTables, corpusText } from './corpus.ts'

mkdirSync(CORPUS, { recursive: true })
for (const [file, cases] of Object.entries(corpusTables)) {
  writeFileSync(`${CORPUS}${file}.json`, corpusText(cases))
}
