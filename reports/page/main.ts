import type { PageData } from '../../harness/report/page-data.ts'
import { brokenRules } from './broken.ts'
import { header } from './header.ts'
import { latencySection } from './latency-table.ts'
import { matrixSection } from './matrix.ts'
import { scenarioList } from './scenario-list.ts'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData
const list = scenarioList(data)
const sections = [
  brokenRules(data, list.show),
  latencySection(data, list.show),
  list.element,
  matrixSection(data, list.show),
]
document.title = `${data.summary.status}: ${data.run.command} (liveproof)`
document
  .getElementById('page')
  ?.replaceChildren(header(data), ...sections.filter((section) => section !== undefined))
