import { describe, expect, it } from 'vitest'
import { encoderRules } from '../conformance/encoder/rules.ts'
import { rtmpClientRules } from '../conformance/rtmp-client/rules.ts'
import { srtClientRules } from '../conformance/srt-client/rules.ts'
import { tsRules } from '../conformance/ts/rules.ts'
import { whipClientRules } from '../conformance/whip-client/rules.ts'
import { loadClip } from './clip.ts'
import { listBadProfiles, listProfiles, loadBadProfile, loadProfile } from './load-profile.ts'
import { mergeChange } from './merge-change.ts'

const rules = [
  ...encoderRules,
  ...rtmpClientRules,
  ...srtClientRules,
  ...tsRules,
  ...whipClientRules,
]

describe('profiles', () => {
  it.each(listProfiles())('%s is valid, has clips, and says where it comes from', (id) => {
    const profile = loadProfile(id)
    expect(profile.id).toBe(id)
    expect(profile.behaviour.misbehaviours).toEqual([])
    for (const clip of [profile.media.video, profile.media.audio]) {
      if (clip) expect(loadClip(clip).frames.length).toBeGreaterThan(1)
    }
  })

  it.each(listProfiles())('%s says of every field where it comes from', (id) => {
    const profile = loadProfile(id)
    const groups = profile.protocols.map((one) =>
      profile.browser ? 'browser' : one === 'rtmps' ? 'rtmp' : one,
    )
    for (const group of groups) {
      expect(profile[group], group).toBeDefined()
      expect(profile.provenance[group], group).toBeDefined()
    }
    for (const group of ['media', 'behaviour', 'rtmp', 'srt', 'whip', 'browser'] as const) {
      const known = Object.keys(profile[group] ?? {})
      const whole = profile.provenance[group]
      const fields = whole?.fields ?? {}
      expect(known).toEqual(expect.arrayContaining(Object.keys(fields)))
      for (const { kind, source } of [...Object.values(fields), ...(whole ? [whole] : [])]) {
        if (kind === 'captured')
          expect(source).toMatch(/\b(obs-29|ffmpeg-5\.1|gstreamer-1\.22|GStreamer)/)
      }
    }
  })

  it.each(listBadProfiles())('%s changes a good profile and breaks rules that name it', (id) => {
    const bad = loadBadProfile(id)
    expect(bad.id).toBe(id)
    expect(listProfiles()).toContain(bad.extends)
    expect(loadProfile(id)).not.toEqual({ ...loadProfile(bad.extends), id })
    for (const broken of bad.breaks) {
      const rule = rules.find((one) => one.id === broken)
      expect(rule?.mutants).toContainEqual({ kind: 'profile', id })
    }
  })

  it('break every rule that can be broken', () => {
    const broken = new Set(listBadProfiles().flatMap((id) => loadBadProfile(id).breaks))
    const breakable = rules.filter(({ level }) => level !== 'info').map(({ id }) => id)
    expect([...broken].sort()).toEqual(breakable.sort())
  })

  it('are unknown by another name, and not found outside their folder', () => {
    for (const id of ['nobody', '../profiles/obs-29', '', 'OBS-29']) {
      expect(() => loadProfile(id)).toThrow(expect.objectContaining({ code: 'LP_PROFILE_UNKNOWN' }))
    }
  })
})

describe('mergeChange', () => {
  it('lays objects over each other and replaces everything else', () => {
    const base = { a: { b: 1, c: [1, 2] }, d: 'x' }
    expect(mergeChange(base, { a: { c: [3] }, e: null })).toEqual({
      a: { b: 1, c: [3] },
      d: 'x',
      e: null,
    })
    expect(base.a.c).toEqual([1, 2])
  })
})
