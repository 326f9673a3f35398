import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { audioClips, videoClips } from '../../fixtures/clips/clips.ts'
import { loadClip } from './clip.ts'

it.each(videoClips)('$name has its size, rate and a whole number of GOPs', (made) => {
  const clip = loadClip(made.name)
  expect(clip).toMatchObject({ kind: 'video', width: made.width, height: made.height })
  expect(clip.rate).toBe(made.fps)
  expect(clip.duration).toBeCloseTo(made.seconds * 1000, 6)
  expect(clip.codec).toBe(made.codec === 'hevc' ? 'hvc1' : 'avc1')
  expect(clip.header).not.toBeNull()
  const keys = clip.frames.flatMap(({ key, time }) => (key ? [Math.round(time)] : []))
  expect(keys).toEqual(
    made.keyTimes
      ? [0, ...made.keyTimes.map((time) => time * 1000)]
      : made.seconds === 4
        ? [0, 2000]
        : [0],
  )
})

it.each(audioClips)('$name has its sample rate and a frame duration without rounding', (made) => {
  const clip = loadClip(made.name)
  expect(clip).toMatchObject({ kind: 'audio', sampleRate: made.sampleRate })
  const samples = { aac: 1024, libmp3lame: 1152, libopus: 960 }[made.encoder]
  expect(clip.duration).toBeCloseTo((clip.frames.length * samples * 1000) / made.sampleRate, 6)
})

it('refuses a file that is no clip', () => {
  const file = join(tmpdir(), `liveproof-no-clip-${process.pid}.flv`)
  writeFileSync(file, 'nothing of the kind')
  expect(() => loadClip(file)).toThrow(expect.objectContaining({ code: 'LP_CLIP_INVALID' }))
})
