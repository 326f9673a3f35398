import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { ackRule } from './ack.ts'
import { boundedRule } from './bounded.ts'
import { chunkingRule } from './chunking.ts'
import { connectResultRule } from './connect-result.ts'
import { deadlinesRule } from './deadlines.ts'
import { duplicatePublishRule } from './duplicate-publish.ts'
import { handshakeRule } from './handshake.ts'
import { onePublisherRule } from './one-publisher.ts'
import { publishDecisionRule } from './publish-decision.ts'
import { survivesRule } from './survives.ts'
import { takeoverRule } from './takeover.ts'
import { unknownKeyRule } from './unknown-key.ts'

/** What an RTMP ingest does. */
export const rtmpServerRules: readonly ProbedRule<ProbeContext>[] = [
  handshakeRule,
  connectResultRule,
  publishDecisionRule,
  unknownKeyRule,
  duplicatePublishRule,
  takeoverRule,
  onePublisherRule,
  chunkingRule,
  survivesRule,
  boundedRule,
  deadlinesRule,
  ackRule,
]
