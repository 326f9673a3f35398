import { setTimeout as delay } from 'node:timers/promises'
import { ingestSessions } from '../../harness/conformance/ingest-sessions.ts'
import { loadProfile } from '../../harness/encoders/load-profile.ts'
import { startGroup } from '../../harness/encoders/start-group.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import { ingestFor } from '../../harness/scenario/workbench.ts'

scenario.each([
  'osprey-talon over rtmp',
  'osprey-talon over srt',
  'vmix over rtmp',
  'vmix over srt',
])(
  '%s sends 2000 and 500 kbit/s at once; whether they are aligned is seen',
  { needs: ['reference'], concurrent: true },
  async ({ target, createStream, workbench, expectRule, expectRules, signal }, way) => {
    const [profile, protocol] = way.split(' over ') as [string, 'rtmp' | 'srt']
    const streams = [await createStream(), await createStream()]
    const to = streams.map((stream) => ({
      url: ingestFor(profile, stream, protocol),
      streamName: stream.name,
    }))
    const members = await startGroup({ profile, to, signal })
    for (const member of members) workbench.atClose(() => member.stop())
    await delay(7_000, undefined, { signal })
    await Promise.all(members.map((member) => member.stop()))
    const sessions = await Promise.all(
      streams.map(({ name }) => ingestSessions(target, signal, name)),
    )
    workbench.gathered.push({ sessions: sessions.flatMap((found) => found ?? []) })
    if (loadProfile(profile).multiBitrate?.aligned) {
      await expectRule('encoder.group-aligned').toHold()
    } else {
      await expectRules('encoder.group-aligned').toBreakExactly(['encoder.group-aligned'])
    }
  },
)
