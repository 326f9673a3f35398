import { z } from 'zod'

/** How a page in a browser broadcasts a camera over WHIP. */
export const browserWireSchema = z.strictObject({
  /** `vendor`: `/p/webrtc?stream_name=…`, without a token; `livepeer`: `/webrtc/KEY`. */
  endpoint: z.enum(['vendor', 'livepeer']),
  /** Asks by HEAD where the endpoint is, and stays with where it was redirected to. */
  asksFirst: z.boolean(),
  /** STUN and TURN at the host of the endpoint, with this login; null: none. */
  iceAtHost: z.strictObject({ username: z.string(), credential: z.string() }).nullable(),
  /** ms that gathering candidates may take before the offer goes out */
  gatherMs: z.number().min(0),
  /** What is asked of the camera, and the most that video may take. */
  width: z.int().min(16),
  height: z.int().min(16),
  frameRate: z.number().positive(),
  maxKbps: z.number().positive(),
  /** A machine that is too slow for all of it gets fewer pictures, not smaller ones. */
  keepsResolution: z.boolean(),
  /** Ends its session with DELETE. */
  deletes: z.boolean(),
})

export type BrowserWire = z.infer<typeof browserWireSchema>
