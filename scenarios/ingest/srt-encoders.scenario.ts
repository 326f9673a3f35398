import { listProfiles, loadProfile } from '../../harness/encoders/load-profile.ts'
import { publishAsWritten } from '../../harness/scenario/publish-as-written.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

const callers = listProfiles().filter((id) => loadProfile(id).protocols.includes('srt'))

scenario.each(callers)(
  '%s over SRT holds every rule on encoders',
  { needs: ['reference'], concurrent: true },
  async ({ workbench, expectRules }, profile) => {
    await publishAsWritten(workbench, profile, { protocol: 'srt' })
    await expectRules('encoder', 'srt.client', 'ts').toBreakExactly([])
  },
)
