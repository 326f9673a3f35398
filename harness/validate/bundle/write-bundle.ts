import { gzipSync } from 'node:zlib'
import type { EncoderEvidence } from '../../conformance/ingest-record.ts'
import type { RunRecord } from '../../report/run-record.ts'
import { BundleError } from './bundle-error.ts'
import { MAX_BUNDLE_BYTES } from './limits.ts'
import { type Manifest, sha256Of } from './manifest.ts'
import { packTar, type TarFile } from './tar.ts'

export interface BundleContent {
  readonly about: Omit<Manifest, 'schema' | 'files'>
  readonly report: Readonly<RunRecord>
  /** Without secrets. */
  readonly evidence: EncoderEvidence
  /** Machine, programs and settings of the validation. */
  readonly environment: unknown
  /** What came on the wire, without secrets. */
  readonly wire: readonly TarFile[]
}

/**
 * A certificate bundle: a gzipped tar whose manifest has the hash of every other file.
 * @throws BundleError `LP_BUNDLE_SIZE`
 */
export function writeBundle({ about, report, evidence, environment, wire }: BundleContent): Buffer {
  const json = (path: string, value: unknown): TarFile => ({
    path,
    bytes: Buffer.from(`${JSON.stringify(value)}\n`),
  })
  const files = [
    json('report.json', report),
    json('environment.json', environment),
    json('sessions.json', { schema: 'liveproof/sessions@1', ...evidence }),
    ...wire,
  ]
  const manifest: Manifest = {
    schema: 'liveproof/certificate@1',
    ...about,
    files: files.map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: sha256Of(bytes) })),
  }
  const bundle = gzipSync(packTar([json('manifest.json', manifest), ...files]))
  if (bundle.length <= MAX_BUNDLE_BYTES) return bundle
  const mb = (bundle.length / 2 ** 20).toFixed(0)
  throw new BundleError('LP_BUNDLE_SIZE', `the bundle has ${mb} MB, more than can be read again`)
}
