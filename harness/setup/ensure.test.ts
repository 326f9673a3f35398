import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensurePrograms, requirePrograms } from './ensure.ts'
import { findProgram, type Program, versionOf } from './program.ts'

const program: Program = {
  name: 'lp-probe',
  variable: 'LP_PROBE_PATH',
  commands: ['lp-probe-that-does-not-exist'],
  versionArguments: ['--version'],
  debian: ['lp-probe'],
  cost: 'nothing',
  wantedBy: 'test',
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lp-setup-'))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('a program named by its variable is found and tells its version', () => {
  const path = join(folder, 'probe')
  writeFileSync(path, '#!/bin/sh\necho "probe 1.2"\necho more\n')
  chmodSync(path, 0o755)
  vi.stubEnv('LP_PROBE_PATH', path)
  expect(findProgram(program)).toBe(path)
  expect(versionOf(program, path)).toBe('probe 1.2')
})

test('a variable that names no executable file finds nothing, even where the PATH has one', () => {
  vi.stubEnv('LP_PROBE_PATH', join(folder, 'absent'))
  expect(findProgram({ ...program, commands: ['sh'] })).toBeNull()
})

test('nothing is installed where that is forbidden, and the reason is given', () => {
  vi.stubEnv('LIVEPROOF_NO_INSTALL', '1')
  const said: string[] = []
  const result = ensurePrograms([program], (line) => said.push(line))
  expect(result.installed).toEqual([])
  expect(result.missing).toEqual([{ program, reason: 'LIVEPROOF_NO_INSTALL is set' }])
  expect(said).toEqual([])
})

test('a required program that stays missing is an error with a code', () => {
  vi.stubEnv('LIVEPROOF_NO_INSTALL', '1')
  expect(() => requirePrograms([program], () => {})).toThrow(
    expect.objectContaining({ code: 'LP_SETUP_MISSING' }),
  )
})
