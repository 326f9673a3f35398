import { setTimeout as delay } from 'node:timers/promises'
import { ingestSessions } from '../../harness/conformance/ingest-sessions.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'two members of a multi-bitrate group with common key frames are aligned',
  { needs: ['reference'] },
  async ({ target, createStream, encoder, workbench, expectRule, signal }) => {
    const [high, low] = [await createStream(), await createStream()]
    await Promise.all([encoder('osprey-talon', { to: high }), encoder('obs-29', { to: low })])
    await delay(6_000, undefined, { signal })
    const members = await Promise.all(
      [high, low].map(({ name }) => ingestSessions(target, signal, name)),
    )
    workbench.gathered.push({ sessions: members.flatMap((sessions) => sessions ?? []) })
    await expectRule('encoder.group-aligned').toHold()
  },
)
