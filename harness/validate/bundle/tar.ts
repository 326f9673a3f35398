// POSIX.1-1988 ustar, as far as a bundle needs it: plain files with short names.
import { BundleError } from './bundle-error.ts'
import { MAX_BUNDLE_FILES, MAX_FILE_NAME } from './limits.ts'

export interface TarFile {
  readonly path: string
  readonly bytes: Uint8Array
}

const BLOCK = 512
const NAME = { at: 0, length: 100 }
const SIZE = { at: 124, length: 12 }
const SUM = { at: 148, length: 8 }
const TYPE_AT = 156
const MAGIC_AT = 257
const PLAIN_FILE = 0x30

/**
 * Packs files; their names must be those that `unpackTar` takes.
 * @throws TypeError for a name that is not allowed
 */
export function packTar(files: readonly TarFile[]): Buffer {
  const parts: Buffer[] = []
  for (const { path, bytes } of files) {
    if (!isPlainPath(path)) throw new TypeError(`no name for a file of a bundle: ${path}`)
    const header = Buffer.alloc(BLOCK)
    header.write(path, NAME.at, 'ascii')
    header.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'ascii')
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, SIZE.at, 'ascii')
    // All times are zero, so that the same content makes the same bytes.
    header.write('00000000000\0', 136, 'ascii')
    header[TYPE_AT] = PLAIN_FILE
    header.write('ustar\x0000', MAGIC_AT, 'ascii')
    header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, SUM.at, 'ascii')
    parts.push(header, Buffer.from(bytes), Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK))
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

/**
 * The files of an archive, as views into it. Nothing but plain files with plain relative names is
 * taken: no links, no devices, no way up or out.
 * @throws BundleError `LP_BUNDLE_FORMAT`, `LP_BUNDLE_PATH`, `LP_BUNDLE_SIZE`
 */
export function unpackTar(archive: Uint8Array): TarFile[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const files: TarFile[] = []
  const names = new Set<string>()
  for (let at = 0; ; ) {
    const header = bytes.subarray(at, at + BLOCK)
    if (header.length < BLOCK) throw format('it ends in the middle')
    if (header.every((byte) => byte === 0)) return files
    if (header.toString('latin1', MAGIC_AT, MAGIC_AT + 5) !== 'ustar') throw format('no tar header')
    if (octal(header, SUM) !== sumOf(header)) throw format('a header is damaged')
    if (header[TYPE_AT] !== PLAIN_FILE) throw format('it holds something else than plain files')
    const path = textOf(header, NAME)
    const prefixed = header[345] !== 0
    if (prefixed || !isPlainPath(path))
      throw new BundleError('LP_BUNDLE_PATH', 'a file of the bundle has a name that is not allowed')
    if (names.has(path)) throw format(`it holds ${path} twice`)
    if (files.length >= MAX_BUNDLE_FILES)
      throw new BundleError('LP_BUNDLE_SIZE', `more than ${MAX_BUNDLE_FILES} files`)
    const size = octal(header, SIZE)
    const begin = at + BLOCK
    if (begin + size > bytes.length) throw format('it ends in the middle')
    names.add(path)
    files.push({ path, bytes: bytes.subarray(begin, begin + size) })
    at = begin + Math.ceil(size / BLOCK) * BLOCK
  }
}

/** `a.json`, `wire/a-1.bin`: relative, of harmless characters, at most one folder deep. */
export function isPlainPath(path: string): boolean {
  return (
    path.length <= MAX_FILE_NAME &&
    /^(?:[a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*\.[a-z0-9]+$/.test(path)
  )
}

function format(why: string): BundleError {
  return new BundleError('LP_BUNDLE_FORMAT', `this is no bundle, or a damaged one: ${why}`)
}

function textOf(header: Buffer, { at, length }: typeof NAME): string {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('latin1', 0, end < 0 ? length : end)
}

function octal(header: Buffer, field: typeof NAME): number {
  const text = textOf(header, field).trim()
  if (!/^[0-7]{1,11}$/.test(text)) throw format('a number in a header cannot be read')
  return Number.parseInt(text, 8)
}

/** The header's bytes added up, its own field taken as spaces. */
function sumOf(header: Buffer): number {
  let sum = 0
  for (const [index, byte] of header.entries())
    sum += index >= SUM.at && index < SUM.at + SUM.length ? 0x20 : byte
  return sum
}
