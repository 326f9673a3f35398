import { listProfiles } from '../../harness/encoders/load-profile.ts'
import { publishAsWritten } from '../../harness/scenario/publish-as-written.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each(listProfiles())(
  '%s holds every rule on encoders',
  { needs: ['reference'], concurrent: true },
  async ({ workbench, expectRules }, profile) => {
    await publishAsWritten(workbench, profile)
    await expectRules('encoder', 'rtmp.client').toBreakExactly([])
  },
)
