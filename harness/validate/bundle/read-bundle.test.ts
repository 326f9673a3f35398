import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleContent } from '../testing/sample-bundle.ts'
import { BundleError } from './bundle-error.ts'
import { judgeBundle } from './judge-bundle.ts'
import { MAX_UNPACKED_BYTES } from './limits.ts'
import { readBundle } from './read-bundle.ts'
import { packTar, type TarFile, unpackTar } from './tar.ts'
import { writeBundle } from './write-bundle.ts'

const good = writeBundle(sampleContent())

function codeOf(bytes: Uint8Array): string {
  try {
    readBundle(bytes)
    return 'read'
  } catch (error) {
    if (error instanceof BundleError) return error.code
    throw error
  }
}

/** The bundle again, with other files. */
function remade(change: (files: TarFile[]) => TarFile[]): Buffer {
  return gzipSync(packTar(change(unpackTar(gunzipSync(good)))))
}

const edited = (path: string, edit: (text: string) => string) =>
  remade((files) =>
    files.map((file) =>
      file.path === path
        ? { path, bytes: Buffer.from(edit(Buffer.from(file.bytes).toString('utf8'))) }
        : file,
    ),
  )

describe('A bundle', () => {
  it('is read as it was written, and judged to the same verdicts', () => {
    const bundle = readBundle(good)
    expect(bundle.manifest.files.map(({ path }) => path)).toEqual([
      'report.json',
      'environment.json',
      'sessions.json',
    ])
    const { verdicts, differences } = judgeBundle(bundle)
    expect(differences).toEqual([])
    expect(verdicts.length).toBeGreaterThan(25)
  })

  it('is refused when a file was changed, added, removed or put in another order', () => {
    const changed = edited('report.json', (text) => text.replace('"fail"', '"pass"').concat(' '))
    expect(codeOf(changed)).toBe('LP_BUNDLE_TAMPERED')
    const more = { path: 'more.json', bytes: Buffer.from('{}') }
    expect(codeOf(remade((files) => [...files, more]))).toBe('LP_BUNDLE_TAMPERED')
    expect(codeOf(remade((files) => files.slice(0, -1)))).toBe('LP_BUNDLE_TAMPERED')
    expect(codeOf(remade((files) => files.toReversed()))).toBe('LP_BUNDLE_FORMAT')
    expect(codeOf(edited('manifest.json', () => '{}'))).toBe('LP_BUNDLE_FORMAT')
  })

  it('that was given a better report, hashes and all, is found out by judging it', () => {
    const bad = sampleContent(8)
    const forged = writeBundle({ ...bad, report: sampleContent(2).report })
    const { differences } = judgeBundle(readBundle(forged))
    expect(differences.map(({ rule }) => rule)).toContain('encoder.gop-length')
    const hidden = { ...bad.report, scenarios: [{ ...bad.report.scenarios[0]!, verdicts: [] }] }
    expect(
      judgeBundle(readBundle(writeBundle({ ...bad, report: hidden }))).differences[0],
    ).toMatchObject({ what: 'not in the report' })
    const summary = { ...bad.report.summary, status: 'pass' as const, exitCode: 0 as const }
    const claimed = writeBundle({ ...bad, report: { ...bad.report, summary } })
    expect(judgeBundle(readBundle(claimed)).differences).toMatchObject([{ what: 'summary' }])
  })

  it('that unpacks to very much is refused before that is done', () => {
    // Members of one file count together (RFC 1952 2.2).
    const part = gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES / 16))
    const bomb = Buffer.concat(Array.from({ length: 17 }, () => part))
    expect(bomb.length).toBeLessThan(300_000)
    const before = process.memoryUsage().arrayBuffers
    expect(codeOf(bomb)).toBe('LP_BUNDLE_SIZE')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1.5 * MAX_UNPACKED_BYTES)
  })

  it('that is none is refused', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('PK\x03\x04'),
      gzipSync('hello'),
      good.subarray(0, 400),
    ])
      expect(codeOf(bytes)).toBe('LP_BUNDLE_FORMAT')
  })

  it('of whatever bytes is read or refused, never anything else', () => {
    const plain = gunzipSync(good)
    const change = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (changes, packed) => {
          const bytes = Buffer.from(packed ? good : plain)
          for (const { at, value } of changes) bytes[at % bytes.length] = value
          expect(codeOf(packed ? bytes : gzipSync(bytes, { level: 1 }))).toMatch(
            /^(read|LP_BUNDLE_\w+)$/,
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  it('with sessions that cannot have been is judged or refused', () => {
    const { sessions } = sampleContent().evidence
    const [session] = sessions
    const odd = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null))
    const change = fc.record({
      column: fc.constantFrom('track', 'dts', 'cts', 'key', 'idr', 'size', 'at'),
      at: fc.nat({ max: 200 }),
      value: odd,
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.array(fc.object()), (changes, events) => {
        const copy = structuredClone(session!) as unknown as {
          events: unknown[]
          frames: Record<string, unknown[]>
        }
        for (const { column, at, value } of changes) copy.frames[column]![at] = value
        copy.events.push(...events.map((event, i) => ({ ...event, at: i, type: 'command' })))
        const bundle = writeBundle({
          ...sampleContent(),
          evidence: { sessions: [copy as unknown as typeof session & object] },
        })
        try {
          expect(judgeBundle(readBundle(bundle)).verdicts.length).toBeGreaterThan(25)
        } catch (error) {
          expect(error).toBeInstanceOf(BundleError)
        }
      }),
      { numRuns: 40 },
    )
  })
})
