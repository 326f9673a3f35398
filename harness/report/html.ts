import { bundlePage, fillPage, type PageParts } from './bundle-page.ts'
import { embedJson } from './embed.ts'
import { pageData } from './page-data.ts'
import type { RunRecord } from './run-record.ts'

/** One self-contained page: it asks the network for nothing, and its policy forbids it to. */
export async function renderHtml(record: RunRecord): Promise<string> {
  const data = embedJson(pageData(record))
  return fillPage(await loadParts(), [], {
    DATA: `<script type="application/json" id="data">${data}</script>`,
  })
}

let parts: Promise<PageParts> | undefined

/** The page's own code is the same for every run: it is bundled once per process. */
function loadParts(): Promise<PageParts> {
  parts ??= bundlePage(new URL('../../reports/page/', import.meta.url))
  return parts
}
