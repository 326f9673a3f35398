import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { halfOpen } from './half-open.ts'
import { publisherBlackout } from './publisher-blackout.ts'
import { srtRebinding, webrtcRebinding } from './rebinding.ts'
import { resetInHandshake } from './reset-in-handshake.ts'
import { silentPublisher } from './silent-publisher.ts'
import { slowViewerBesideMany } from './slow-viewer.ts'
import { reordering, srtLoss } from './srt-delivery.ts'
import { webrtcReordering } from './webrtc-delivery.ts'

export const resilienceRules: readonly ProbedRule<ProbeContext>[] = [
  publisherBlackout,
  silentPublisher,
  halfOpen,
  resetInHandshake,
  slowViewerBesideMany,
  srtLoss,
  reordering,
  srtRebinding,
  webrtcRebinding,
  webrtcReordering,
]
