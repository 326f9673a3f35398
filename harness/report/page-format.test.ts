import { expect, test } from 'vitest'
import {
  atText,
  boundText,
  durationText,
  figureText,
  msText,
  plural,
  timeText,
  versionText,
} from '../../reports/page/format.ts'

test.each([
  [0, '0.00'],
  [0.844, '0.84'],
  [12.34, '12.3'],
  [1984.4, '1,984'],
])('%d ms reads %s', (ms, text) => expect(msText(ms)).toBe(text))

test.each([
  [0, '0'],
  [0.0004, '0.0004'],
  [0.01, '0.01'],
  [1.2, '1.20'],
])('a bound of %d ms reads %s', (ms, text) => expect(boundText(ms)).toBe(text))

test.each([
  [840, '840 ms'],
  [47_290, '47.3 s'],
  [725_000, '12 min 05 s'],
  [119_999, '2 min 00 s'],
])('a duration of %d ms reads %s', (ms, text) => expect(durationText(ms)).toBe(text))

test.each([
  [0, '0 ms'],
  [12.4, '12.4 ms'],
  [5012.4, '5.012 s'],
])('the moment %d ms reads %s', (ms, text) => expect(atText(ms)).toBe(text))

test.each([
  ['ffmpeg version 5.1.6-0+deb12u1 Copyright (c) 2000-2024', '5.1.6-0+deb12u1'],
  ['Chromium 131.0.6778.204 built on Debian 12.8', '131.0.6778.204'],
  ['unknown', 'unknown'],
  ['cc (Debian 12.2.0-14+deb12u1) 12.2.0', '12.2.0-14+deb12u1'],
  ['ip utility, iproute2-6.1.0, libbpf 1.1.2', 'iproute2-6.1.0'],
])('%s is version %s', (said, text) => expect(versionText(said)).toBe(text))

test.each([
  [0.0671, 'share', '6.71 %'],
  [217_000_000, 'bytes', '217 MB'],
  [63.073, 'ms', '63.1 ms'],
  [0, 'samples', '0 samples'],
])('a figure of %d %s reads %s', (value, unit, text) => {
  expect(figureText(value, unit)).toBe(text)
})

test('times are UTC and counts agree with their noun', () => {
  expect(timeText('2026-01-12T09:30:15.120Z')).toBe('2026-01-12 09:30:15 UTC')
  expect([plural(1, 'rule'), plural(1200, 'rule')]).toEqual(['1 rule', '1,200 rules'])
})
