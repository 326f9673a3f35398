import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

const VIEWERS = 300

scenario(
  'three hundred viewers of three formats lose no frame, and all of them see a picture',
  async ({ createStream, encoder, crowd }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const { stages, byKind } = await crowd(stream, {
      mix: 'h5live:8,progressive:1,hls:1',
      stages: [{ viewers: VIEWERS, rampMs: 4_000, holdMs: 6_000 }],
    })
    const [stage] = stages
    expect(stage?.hold.viewers).toEqual({ arrived: 0, playing: VIEWERS, failed: {}, dropped: {} })
    expect(stage?.ramp.viewers.failed).toEqual({})
    for (const { name, figures } of byKind)
      expect([name, figures.lost, figures.unstamped]).toEqual([name, 0, 0])
    expect(stage?.hold.frames).toBeGreaterThan(VIEWERS * 100)
  },
)
