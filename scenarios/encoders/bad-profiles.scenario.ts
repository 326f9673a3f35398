import { listBadProfiles, loadBadProfile } from '../../harness/encoders/load-profile.ts'
import { publishAsWritten } from '../../harness/scenario/publish-as-written.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each(listBadProfiles())(
  'the bad encoder %s is caught by exactly the rules that it names',
  { needs: ['reference'], concurrent: true },
  async ({ workbench, expectRules }, profile) => {
    await publishAsWritten(workbench, profile)
    await expectRules('encoder', 'rtmp.client', 'srt.client', 'ts', 'whip.client').toBreakExactly(
      loadBadProfile(profile).breaks,
    )
  },
)
