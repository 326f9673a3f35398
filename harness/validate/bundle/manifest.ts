import { createHash } from 'node:crypto'
import { z } from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** `manifest.json`, the first file of a bundle: what else is in it, and what that must be. */
export const manifestSchema = z.strictObject({
  schema: z.literal('liveproof/certificate@1'),
  createdAt: z.iso.datetime(),
  tool: z.strictObject({ name: z.string().max(100), version: z.string().max(100) }),
  protocol: z.enum(['rtmp', 'srt', 'whip']),
  device: z.strictObject({
    name: z.string().max(300),
    version: z.string().max(300).nullable(),
    firmware: z.string().max(300).nullable(),
  }),
  /** In one sentence, as the report has it. */
  verdict: z.strictObject({ status: z.string().max(40), sentence: z.string().max(1_000) }),
  files: z
    .array(z.strictObject({ path: z.string().max(100), bytes: z.int().min(0), sha256 }))
    .min(1)
    .max(200),
})

export type Manifest = z.infer<typeof manifestSchema>

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
