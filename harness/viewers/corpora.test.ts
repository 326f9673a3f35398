import { describe, expect, test } from 'vitest'
import { type LiveproofError, TargetError } from '../errors.ts'
import { readCorpus } from '../fuzz/corpora/corpora.ts'
import { healthyFragment, healthyInit } from '../fuzz/corpora/fmp4-cases.ts'
import { findStamp } from '../measure/stamp.ts'
import { Fmp4Stream } from './fmp4-stream.ts'
import { FragmentError } from './fragment-error.ts'
import { readMediaPlaylist, readVariants } from './hls-playlist.ts'
import { findStamps } from './k6/script/stamps.ts'
import { FragmentScanner } from './swarm/fragment-scanner.ts'
import { found, scanStamp } from './swarm/stamp-scan.ts'

/** All take some 50 ms; a reader that goes back and forth takes seconds. */
const SOON_MS = 2_000

/** How often each code was said; anything else that is thrown is a bug of ours. */
function refusals(
  inputs: readonly (() => unknown)[],
  kind: abstract new (...given: never[]) => LiveproofError,
): Map<string, number> {
  const codes = new Map<string, number>()
  const begun = performance.now()
  for (const input of inputs) {
    let code = 'read'
    try {
      input()
    } catch (error) {
      if (!(error instanceof kind)) throw error
      code = error.code
    }
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  expect(performance.now() - begun).toBeLessThan(SOON_MS)
  return codes
}

const fmp4 = readCorpus('fmp4').map(({ name, bytes }) =>
  name.startsWith('fragment/') ? Buffer.concat([healthyInit, bytes]) : bytes,
)

describe('malformed media are read, or refused with a code', () => {
  test('the healthy media that they are made from are read', () => {
    const units = new Fmp4Stream().push(Buffer.concat([healthyInit, healthyFragment]))
    expect(units.map(({ kind }) => kind)).toEqual(['init', 'fragment'])
  })

  test('by the reader of boxes', () => {
    const codes = refusals(
      fmp4.map((bytes) => () => new Fmp4Stream().push(bytes)),
      FragmentError,
    )
    for (const code of ['TRUNCATED', 'BOX_SIZE', 'LIMIT', 'UNEXPECTED', 'MISSING', 'DUPLICATE'])
      expect(codes.get(`LP_FRAGMENT_${code}`), code).toBeGreaterThan(0)
    for (const code of ['TRACK', 'OFFSET', 'BASE', 'TIME', 'CONFIG'])
      expect(codes.get(`LP_FRAGMENT_${code}`), code).toBeGreaterThan(0)
    expect(codes.get('read')).toBeGreaterThan(0)
  })

  test('by the scanner of the swarm, which says why and never throws', () => {
    let broken = 0
    for (const bytes of fmp4) {
      const scanner = new FragmentScanner({
        init: () => {},
        fragment: () => {},
        broken: () => broken++,
      })
      for (const cut of [1, 7, 64]) {
        for (let at = 0; at < bytes.length; at += cut)
          scanner.push(bytes, at, Math.min(bytes.length, at + cut))
      }
    }
    expect(broken).toBeGreaterThan(fmp4.length / 4)
  })

  test('by the k6 script, which never throws', () => {
    const stamps = fmp4.map((bytes) => findStamps(bytes).length)
    expect(stamps.filter((count) => count === 1).length).toBeGreaterThan(10)
  })
})

test('malformed stamps are found or not, by all readers alike', () => {
  const cases = readCorpus('stamp')
  let whole = 0
  for (const { name, bytes } of cases) {
    const stamp = findStamp(bytes)
    expect(scanStamp(bytes, 0, bytes.length), name).toBe(stamp !== null)
    if (stamp === null) continue
    whole++
    expect([found.frame, found.timeUs], name).toEqual([stamp.frame, stamp.timeUs])
  }
  expect(whole).toBeGreaterThan(10)
  expect(cases.length - whole).toBeGreaterThan(50)
})

test('malformed playlists are read, or refused with a code, and soon', () => {
  const url = 'http://a.test/live/media.m3u8'
  const codes = refusals(
    readCorpus('hls').flatMap(({ bytes }) => [
      () => readMediaPlaylist(bytes.toString('latin1'), url),
      () => readVariants(bytes.toString('latin1'), url),
    ]),
    TargetError,
  )
  expect([...codes.keys()].sort()).toEqual(['LP_PLAYLIST', 'read'])
  for (const count of codes.values()) expect(count).toBeGreaterThan(50)
})
