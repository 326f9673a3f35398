import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseProfile } from './profile.ts'

describe('A transcoding profile', () => {
  it.each([
    ['vtrans2-1280x720x2000x30', { width: 1280, height: 720, kbps: 2000, fps: 30 }],
    ['vtrans2-852x480x800x25', { width: 852, height: 480, kbps: 800, fps: 25 }],
    ['vtrans2-640x360x400', { width: 640, height: 360, kbps: 400, fps: null }],
    ['vtrans-320x240x200x15', { width: 320, height: 240, kbps: 200, fps: 15 }],
  ])('%s is read', (name, profile) => {
    expect(parseProfile(name)).toEqual({ name, ...profile })
  })

  it.each([
    'vtrans2-641x360x400x25',
    'vtrans2-4096x2160x8000x30',
    'vtrans2-640x360',
    'vtrans2-640x360x400x0',
    'vtrans2-640x360x400x25; rm -rf /',
    'vtrans3-640x360x400x25',
    '',
  ])('%j is none', (name) => {
    expect(parseProfile(name)).toBeUndefined()
  })

  it('never throws, and never lets through what is out of range', () => {
    fc.assert(
      fc.property(fc.nat(99_999), fc.nat(9_999), fc.nat(99_999), fc.nat(999), (w, h, kbps, fps) => {
        const profile = parseProfile(`vtrans2-${w}x${h}x${kbps}x${fps}`)
        if (profile === undefined) return
        expect(Math.max(profile.width, profile.height)).toBeLessThanOrEqual(1920)
        expect(profile.fps).toBeLessThanOrEqual(60)
      }),
    )
  })
})
