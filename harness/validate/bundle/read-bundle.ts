import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { type EncoderEvidence, ingestRecordSchema } from '../../conformance/ingest-record.ts'
import { type RunRecord, runRecord } from '../../report/run-record.ts'
import { BundleError } from './bundle-error.ts'
import {
  MAX_BUNDLE_BYTES,
  MAX_BUNDLE_FRAMES,
  MAX_JSON_BYTES,
  MAX_MANIFEST_BYTES,
  MAX_SESSION_EVENTS,
  MAX_SESSIONS,
  MAX_UNPACKED_BYTES,
  MAX_WIRE_BYTES,
} from './limits.ts'
import { type Manifest, manifestSchema, sha256Of } from './manifest.ts'
import { type TarFile, unpackTar } from './tar.ts'

export interface Bundle {
  readonly manifest: Manifest
  readonly report: RunRecord
  readonly evidence: EncoderEvidence
  readonly wire: readonly TarFile[]
}

const sessionsSchema = z.object({
  schema: z.literal('liveproof/sessions@1'),
  sessions: z.array(ingestRecordSchema).max(MAX_SESSIONS),
  until: z.number().optional(),
})

/**
 * Reads a bundle and checks that each file is the one that the manifest speaks of. Sizes are
 * checked before anything is allocated for them; names are never used as paths.
 * @throws BundleError `LP_BUNDLE_SIZE`, `LP_BUNDLE_FORMAT`, `LP_BUNDLE_PATH`, `LP_BUNDLE_TAMPERED`
 */
export function readBundle(bytes: Uint8Array): Bundle {
  if (bytes.length > MAX_BUNDLE_BYTES) throw size('it is too large')
  const files = unpackTar(gunzip(bytes))
  const [first] = files
  if (first?.path !== 'manifest.json') throw format('it does not begin with a manifest')
  const manifest = parse(manifestSchema, first, MAX_MANIFEST_BYTES)
  checkFiles(manifest, files.slice(1))
  const find = (path: string): TarFile => {
    const found = files.find((file) => file.path === path)
    if (!found) throw format(`${path} is missing`)
    return found
  }
  const { sessions, until } = parse(sessionsSchema, find('sessions.json'), MAX_JSON_BYTES)
  const frames = sessions.reduce((sum, one) => sum + one.frames.at.length, 0)
  if (frames > MAX_BUNDLE_FRAMES) throw size(`it has more than ${MAX_BUNDLE_FRAMES} frames`)
  for (const { events, tracks } of sessions)
    if (events.length > MAX_SESSION_EVENTS || tracks.length > MAX_SESSION_EVENTS)
      throw size(`a session has more than ${MAX_SESSION_EVENTS} events`)
  const wire = files.filter(({ path }) => path.startsWith('wire/'))
  if (wire.reduce((sum, { bytes: one }) => sum + one.length, 0) > MAX_WIRE_BYTES)
    throw size('what came on the wire is more than is ever packed')
  return {
    manifest,
    report: parse(runRecord, find('report.json'), MAX_JSON_BYTES),
    evidence: { sessions, ...(until === undefined ? {} : { until }) },
    wire,
  }
}

function gunzip(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw size('it unpacks to more than is allowed')
    throw format('it is not compressed as a bundle is')
  }
}

function checkFiles(manifest: Manifest, files: readonly TarFile[]): void {
  const tampered = (what: string) =>
    new BundleError('LP_BUNDLE_TAMPERED', `this bundle was changed after it was made: ${what}`)
  const listed = new Map(manifest.files.map((file) => [file.path, file]))
  for (const { path, bytes } of files) {
    const entry = listed.get(path)
    if (!entry) throw tampered(`${path} is not in the manifest`)
    if (entry.bytes !== bytes.length || entry.sha256 !== sha256Of(bytes))
      throw tampered(`${path} is not what the manifest says`)
    listed.delete(path)
  }
  const [missing] = listed.keys()
  if (missing !== undefined) throw tampered(`${missing} is missing`)
}

function parse<T extends z.ZodType>(schema: T, { path, bytes }: TarFile, most: number): z.infer<T> {
  if (bytes.length > most) throw size(`${path} is too large`)
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw format(`${path} is no JSON`)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw format(`${path}: ${issue?.path.join('.')}: ${issue?.message}`)
}

function format(why: string): BundleError {
  return new BundleError('LP_BUNDLE_FORMAT', `this is no bundle, or a damaged one: ${why}`)
}

function size(why: string): BundleError {
  return new BundleError('LP_BUNDLE_SIZE', `this bundle cannot be read: ${why}`)
}
