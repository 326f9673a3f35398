import type { EncoderEvidence } from '../ingest-record.ts'
import type { ObservedRule } from '../rule.ts'
import { acknowledges } from './acknowledges.ts'
import { chunkSize, connect, keyGrammar, publishType } from './commands.ts'
import { handshake } from './handshake.ts'
import { sequenceHeaders } from './sequence-headers.ts'
import { gracefulStop, reconnect } from './stop.ts'
import { tls } from './tls.ts'

/** `rtmp.client.*`: what an RTMP encoder does on the wire. */
export const rtmpClientRules: readonly ObservedRule<EncoderEvidence>[] = [
  handshake,
  connect,
  chunkSize,
  publishType,
  keyGrammar,
  acknowledges,
  sequenceHeaders,
  gracefulStop,
  reconnect,
  tls,
]
