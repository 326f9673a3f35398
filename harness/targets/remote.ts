import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { Target } from './target.ts'

const remoteSchema = z.strictObject({
  name: z.string().min(1).describe('Shown in reports.'),
  api: z.url().describe('Base of the bintu API.'),
  apiKeyVariable: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/)
    .describe('Environment variable that holds the API key; a key never stands in a file.'),
  edges: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        region: z.string().min(1),
        near: z.boolean().optional().describe('The one that this machine should be given.'),
        client: z
          .union([z.ipv4(), z.ipv6()])
          .optional()
          .describe('Address of this machine that counts as one of its region.'),
        h5live: z.url().describe('wss://host/path, without a query.'),
        progressive: z.url().optional(),
        hls: z.url().optional().describe('/NAME/index.m3u8 follows.'),
        rtmp: z.url().optional(),
        srt: z.url().optional(),
        whip: z.url().optional(),
      }),
    )
    .optional()
    .describe('Where it delivers from.'),
})

/**
 * A real deployment, described by a JSON file: `{name, api, apiKeyVariable}`.
 * @throws UsageError `LP_TARGET_FILE` | `LP_TARGET_KEY`
 */
export function readRemoteTarget(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Target {
  let description: z.infer<typeof remoteSchema>
  try {
    description = remoteSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
    throw new UsageError('LP_TARGET_FILE', `cannot read the target file ${file}: ${why}`)
  }
  const apiKey = environment[description.apiKeyVariable]
  if (!apiKey)
    throw new UsageError(
      'LP_TARGET_KEY',
      `set ${description.apiKeyVariable} to the API key of ${description.name}`,
    )
  return {
    name: description.name,
    kind: 'remote',
    api: description.api.replace(/\/+$/, ''),
    apiKey,
    ...(description.edges ? { edges: description.edges } : {}),
    close: async () => {},
  }
}
