import { z } from 'zod'

/** How an encoder behaves over WHIP (RFC 9725) and WebRTC. */
export const whipWireSchema = z.strictObject({
  userAgent: z.string().min(1),
  /** An Opus clip of `fixtures/clips`; null for none. */
  audio: z.string().nullable(),
  /** The stream name as bearer token, or no token at all. */
  authorization: z.enum(['bearer', 'none']),
  /** What the offer names as video codec. */
  video: z.enum(['h264', 'vp8']),
  videoPayloadType: z.int().min(96).max(127),
  audioPayloadType: z.int().min(96).max(127),
  /** `fmtp` of H.264. */
  videoFmtp: z.string(),
  direction: z.enum(['sendonly', 'sendrecv']),
  /** Bytes of an RTP payload at most. */
  fragmentBytes: z.int().min(100).max(1_470),
  /** Packets that are kept to be sent again. */
  nackPackets: z.int().min(1).max(10_000),
  answersNack: z.boolean(),
  answersPli: z.boolean(),
  followsRedirects: z.boolean(),
  /** ms for each HTTP request */
  httpTimeoutMs: z.number().positive(),
  /** ms between sender reports */
  senderReportMs: z.number().positive(),
  /** At a graceful stop. */
  deletes: z.boolean(),
})

export type WhipWire = z.infer<typeof whipWireSchema>
