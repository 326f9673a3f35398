import type { PublishGate } from '../../live/publication.ts'
import type { WhipAnswer } from './answer.ts'
import type { WhipLimits } from './limits.ts'

/** Where WHIP ingest faults are installed. */
export interface WhipSeams {
  /** Limits and deadlines, before the server uses them. */
  limits(limits: WhipLimits): WhipLimits
  /** What the server asks whether a publish may begin. */
  gate(gate: PublishGate): PublishGate
  /** Every HTTP answer, before it is sent; `request` is the method. */
  answer(answer: WhipAnswer, request: { readonly method: string }): WhipAnswer
  /** The SDP answer, before it is sent. */
  description(sdp: string): string
  /** Whether a body of this type is read as an offer. */
  isOfferType(contentType: string): boolean
  /** Whether a request on a session's resource has shown that it may make it. */
  mayManage(allowed: boolean): boolean
  /** Whether DELETE ends the session. */
  endsOnDelete(): boolean
  /** Whether feedback goes where authentic media comes from now. */
  followsMedia(): boolean
}

export function defaultWhipSeams(): WhipSeams {
  return {
    limits: (limits) => limits,
    gate: (gate) => gate,
    answer: (answer) => answer,
    description: (sdp) => sdp,
    isOfferType: (type) => type === 'application/sdp',
    mayManage: (allowed) => allowed,
    endsOnDelete: () => true,
    followsMedia: () => true,
  }
}
