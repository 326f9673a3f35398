import { publishAsWritten } from '../../harness/scenario/publish-as-written.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a hardware encoder publishes over WHIP, and breaks no rule',
  { needs: ['reference'], concurrent: true },
  async ({ workbench, expectRules }) => {
    await publishAsWritten(workbench, 'osprey-talon-whip')
    await expectRules('encoder', 'whip.client').toHold()
  },
)
