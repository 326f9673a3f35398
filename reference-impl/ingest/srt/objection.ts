import { SrtFlag } from '../../wire/srt-extensions.ts'
import type { SrtHandshake } from '../../wire/srt-handshake.ts'
import { SrtReject } from '../../wire/srt-reject.ts'
import type { SrtCall } from './call-facts.ts'
import type { SrtStreamId } from './stream-id.ts'

/** libsrt 1.3.0, the first with HSREQ in the handshake. */
const OLDEST_VERSION = 0x010300

/** Why a call cannot be served, whoever may publish: a reject code, or null. */
export function objectionTo(
  { version }: SrtHandshake,
  call: SrtCall,
  streamId: SrtStreamId,
  maxStreamIdBytes: number,
): number | null {
  const { capabilities } = call
  if (version !== 5) return SrtReject.version
  if (capabilities === null) return SrtReject.rogue
  if (capabilities.version < OLDEST_VERSION) return SrtReject.version
  if (capabilities.flags & SrtFlag.stream) return SrtReject.messageApi
  if (call.congestion !== '' && call.congestion !== 'live') return SrtReject.congestion
  if (call.filter !== '') return SrtReject.filter
  if (call.group) return SrtReject.group
  if (call.streamIdBytes > maxStreamIdBytes) return SrtReject.badRequest
  return streamId.publishes ? null : SrtReject.badMode
}
