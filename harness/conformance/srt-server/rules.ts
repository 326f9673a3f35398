import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { arqRule, tooLateRule } from './delivery-rules.ts'
import { latencyRule, listenerRule, rejectRule } from './handshake-rules.ts'
import { passphraseRule, survivesRule } from './security-rules.ts'

export const srtServerRules: readonly ProbedRule<ProbeContext>[] = [
  listenerRule,
  latencyRule,
  rejectRule,
  passphraseRule,
  arqRule,
  tooLateRule,
  survivesRule,
]
