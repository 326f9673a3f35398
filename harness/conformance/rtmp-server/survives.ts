import { TargetError } from '../../errors.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { HealthyPair } from './healthy-pair.ts'
import { readCorpus } from './malformed/corpus.ts'
import type { MalformedCase } from './malformed/malformed-case.ts'
import { sendCase } from './malformed/send-case.ts'
import { onStage, placeOf, Stage } from './stage.ts'

const EXPECTED =
  'while and after every input of the malformed corpus, a healthy publisher and its viewer go on ' +
  'without a lost frame, and others are still let in'
const AT_ONCE = 8
/** How long an input may take to be noticed, ms. Whether it ends its own session is not judged. */
const REACTION_MS = 400

export const survivesRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.survives',
  level: 'must',
  title: 'Malformed input harms no session but its own',
  source: { document: 'liveproof design', clause: 'how media flows in the reference' },
  advice: 'turn every failure to read a session into the end of that session',
  mutants: [{ kind: 'fault', id: 'crash-on-amf' }],
  probe: (context) => probeSurvival(context, readCorpus()),
}

/** Sends these inputs, some at once; where they did harm, one by one, to tell which of them did. */
export async function probeSurvival(
  context: ProbeContext,
  corpus: readonly MalformedCase[],
): Promise<Finding> {
  return onStage(context, EXPECTED, async (stage) => {
    const pair = await HealthyPair.start(stage)
    const cases: Case[] = []
    for (let at = 0; at < corpus.length; at += AT_ONCE) {
      const batch = corpus.slice(at, at + AT_ONCE)
      const refused = await sendAll(stage, batch)
      const harm = refused ?? (await pair.harm())
      if (harm !== null)
        return findingOf(EXPECTED, [...cases, ...(await culprits(batch, context, harm))])
      cases.push(...batch.map(({ name }) => ({ name, ok: true })))
    }
    cases.push(await newcomer(stage))
    return findingOf(EXPECTED, cases)
  })
}

/** Each input alone beside a new pair; all of them together where that shows nothing more. */
async function culprits(
  batch: readonly MalformedCase[],
  context: ProbeContext,
  harm: string,
): Promise<Case[]> {
  const found: Case[] = []
  const together = `one of ${batch.map((it) => it.name).join(', ')}`
  try {
    for (const it of batch) {
      const alone = new Stage(context)
      try {
        await alone.reach()
        const pair = await HealthyPair.start(alone)
        const seen = (await sendAll(alone, [it])) ?? (await pair.harm())
        if (seen !== null) found.push({ name: it.name, ok: false, seen: `after it ${seen}` })
      } finally {
        await alone.close()
      }
    }
  } catch (error) {
    // The target did not come back.
    if (!(error instanceof TargetError)) throw error
  }
  return found.length > 0 ? found : [{ name: together, ok: false, seen: `after it ${harm}` }]
}

/** Null, or why not even a connection came about. */
async function sendAll(stage: Stage, batch: readonly MalformedCase[]): Promise<string | null> {
  try {
    await Promise.all(
      batch.map(async (it) => {
        const stream = await stage.context.createStream()
        await sendCase(it, placeOf(stream), REACTION_MS)
      }),
    )
    return null
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return `the target could not be reached: ${error.message}`
  }
}

async function newcomer(stage: Stage): Promise<Case> {
  const name = 'a new publisher and viewer afterwards'
  const pair = await HealthyPair.start(stage)
  const harm = await pair.harm()
  return { name, ok: harm === null, seen: harm ?? '' }
}
