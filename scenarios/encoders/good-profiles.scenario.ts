import { listProfiles, loadProfile } from '../../harness/encoders/load-profile.ts'
import type { Protocol } from '../../harness/encoders/profile.ts'
import { publishAsWritten } from '../../harness/scenario/publish-as-written.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

/** Rules that judge the pace need 15 s; one encoder of each kind is watched for so long. */
const LONG = ['obs-29', 'ffmpeg-5.1', 'gstreamer', 'osprey-talon']
const SHORT_SECONDS = 7

const ways = listProfiles()
  .map((id) => loadProfile(id))
  .filter(({ browser }) => !browser)
  .flatMap(({ id, protocols }) => protocols.map((protocol) => `${id} over ${protocol}`))

scenario.each(ways)(
  '%s breaks no rule but those that it is known to break',
  { needs: ['reference'], concurrent: true, timeoutMs: 120_000 },
  async ({ workbench, expectRules }, way) => {
    const [profile, protocol] = way.split(' over ') as [string, Protocol]
    const short = LONG.includes(profile) ? {} : { observeSeconds: SHORT_SECONDS }
    await publishAsWritten(workbench, profile, { protocol, ...short })
    const known = loadProfile(profile)
      .departs.filter(({ protocols }) => protocols.includes(protocol))
      .map(({ rule }) => rule)
    const families = {
      rtmp: ['rtmp.client'],
      rtmps: ['rtmp.client'],
      srt: ['srt.client', 'ts'],
      whip: ['whip.client'],
    }
    // Each by itself, so that each must have been seen to judge something.
    for (const family of ['encoder', ...families[protocol]])
      await expectRules(family).toBreakExactly(known.filter((id) => id.startsWith(`${family}.`)))
  },
)
