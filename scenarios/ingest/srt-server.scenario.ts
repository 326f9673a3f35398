import { srtServerRules } from '../../harness/conformance/srt-server/rules.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each(srtServerRules.map(({ id }) => id))(
  'SRT ingest holds %s',
  { needs: ['reference'], timeoutMs: 60_000 },
  async ({ expectRule }, id) => {
    await expectRule(id).toHold()
  },
)
