import { TargetError } from '../../errors.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { HealthyPair } from './healthy-pair.ts'
import { readCorpus } from './malformed/corpus.ts'
import type { MalformedCase } from './malformed/malformed-case.ts'
import { sendCase } from './malformed/send-case.ts'
import { onStage, placeOf, type Stage } from './stage.ts'

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
  async probe(context) {
    return onStage(context, EXPECTED, async (stage) => {
      const pair = await HealthyPair.start(stage)
      const corpus = readCorpus()
      const cases: Case[] = []
      for (let at = 0; at < corpus.length; at += AT_ONCE) {
        const batch = corpus.slice(at, at + AT_ONCE)
        const refused = await sendAll(stage, batch)
        const harm = refused ?? (await pair.harm())
        if (harm !== null) {
          const name = `one of ${batch.map((it) => it.name).join(', ')}`
          return findingOf(EXPECTED, [...cases, { name, ok: false, seen: `after it ${harm}` }])
        }
        cases.push(...batch.map(({ name }) => ({ name, ok: true })))
      }
      cases.push(await newcomer(stage))
      return findingOf(EXPECTED, cases)
    })
  },
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
