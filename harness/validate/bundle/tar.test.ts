import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BundleError } from './bundle-error.ts'
import { MAX_BUNDLE_FILES } from './limits.ts'
import { packTar, unpackTar } from './tar.ts'

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}\.[a-z]{1,4}$/)
const file = fc.record({ path: name, bytes: fc.uint8Array({ maxLength: 2_000 }) })
const files = fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 6 })

const codeOf = (action: () => unknown): string => {
  try {
    action()
    return 'nothing'
  } catch (error) {
    return error instanceof BundleError ? error.code : String(error)
  }
}

/** One file whose header says what the test wants. */
function crafted(change: (header: Buffer) => void): Buffer {
  const archive = packTar([{ path: 'a.json', bytes: Buffer.from('{}') }])
  const header = archive.subarray(0, 512)
  change(header)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return archive
}

describe('An archive', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(files, (packed) => {
        const unpacked = unpackTar(packTar(packed))
        expect(
          unpacked.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('hex')]),
        ).toEqual(packed.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('hex')]))
      }),
    )
  })

  it('of whatever bytes is read or refused, and nothing else happens', () => {
    const change = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(files, fc.array(change, { maxLength: 8 }), (packed, changes) => {
        const archive = packTar(packed)
        for (const { at, value } of changes) archive[at % archive.length] = value
        expect(codeOf(() => unpackTar(archive))).toMatch(/^(nothing|LP_BUNDLE_\w+)$/)
      }),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
        expect(codeOf(() => unpackTar(bytes))).toMatch(/^(nothing|LP_BUNDLE_\w+)$/)
      }),
    )
  })

  it.each(['../a.json', '/etc/passwd', 'a/../b.json', 'a\\b.json', 'C:a.json', 'a/b/c.json', '.a'])(
    'may not name %s',
    (path) => {
      const archive = crafted((header) => header.fill(0, 0, 100).write(path, 0, 'latin1'))
      expect(codeOf(() => unpackTar(archive))).toBe('LP_BUNDLE_PATH')
      expect(() => packTar([{ path, bytes: Buffer.alloc(0) }])).toThrow(TypeError)
    },
  )

  it('holds no links, devices or folders', () => {
    for (const type of ['1', '2', '3', '5', 'L', 'x'])
      expect(codeOf(() => unpackTar(crafted((header) => header.write(type, 156))))).toBe(
        'LP_BUNDLE_FORMAT',
      )
  })

  it('may not promise more than it has, nor hold a name twice, nor too many files', () => {
    const huge = crafted((header) => header.write('77777777777\0', 124))
    expect(codeOf(() => unpackTar(huge))).toBe('LP_BUNDLE_FORMAT')
    const one = { path: 'a.json', bytes: Buffer.alloc(3) }
    expect(codeOf(() => unpackTar(packTar([one, one])))).toBe('LP_BUNDLE_FORMAT')
    const many = Array.from({ length: MAX_BUNDLE_FILES + 1 }, (_, i) => ({
      ...one,
      path: `${i}.a`,
    }))
    expect(codeOf(() => unpackTar(packTar(many)))).toBe('LP_BUNDLE_SIZE')
  })
})
