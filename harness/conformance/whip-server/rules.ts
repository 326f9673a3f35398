import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { answer } from './answer.ts'
import { auth } from './auth.ts'
import { badOffer } from './bad-offer.ts'
import { consent } from './consent.ts'
import { contentType } from './content-type.ts'
import { created } from './created.ts'
import { deleteSession } from './delete.ts'
import { duplicate } from './duplicate.ts'
import { linkIce } from './link-ice.ts'
import { options } from './options.ts'
import { patch } from './patch.ts'

/** What a WHIP ingest does. */
export const whipServerRules: readonly ProbedRule<ProbeContext>[] = [
  created,
  answer,
  contentType,
  badOffer,
  auth,
  deleteSession,
  options,
  patch,
  linkIce,
  consent,
  duplicate,
]
