import type { PageData } from '../../harness/report/page-data.ts'
import { comparisonSection } from './comparison.ts'
import { header } from './header.ts'
import { healthSection } from './health.ts'
import { latencySection } from './latency-table.ts'
import { matrixSection } from './matrix.ts'
import { byUrgency } from './outcome.ts'
import { scenarioList } from './scenario-list.ts'
import { targetsSection } from './targets.ts'
import { wentWrong } from './went-wrong.ts'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData
// One order everywhere, what needs attention first: a scenario's number is its place in it.
data.scenarios.sort((a, b) => byUrgency(a.status, b.status))
const list = scenarioList(data)
const sections = [
  targetsSection(data),
  wentWrong(data, list.show),
  comparisonSection(data, list.show),
  latencySection(data, list.show),
  matrixSection(data, list.show),
  list.element,
  healthSection(data),
]
document.title = `${data.summary.status}: ${data.run.command} (liveproof)`
document
  .getElementById('page')
  ?.replaceChildren(header(data), ...sections.filter((section) => section !== undefined))
