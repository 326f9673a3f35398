import { expect } from 'vitest'
import { nameOfPart, parseMix } from '../../harness/load/mix.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import { swarmEngine } from '../../harness/viewers/swarm/swarm-engine.ts'

const VIEWERS = 300

scenario(
  'three hundred viewers of three formats lose no frame, and all of them see a picture',
  async ({ createStream, encoder, signal }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const kinds = parseMix('h5live:8,progressive:1,hls:1').flatMap((part) => {
      const url = stream.playout[part.format]
      return url === undefined ? [] : [{ ...part, name: nameOfPart(part), urls: [url] }]
    })
    const { stages, byKind } = await swarmEngine({ threads: 1 }).run({
      kinds,
      stages: [{ viewers: VIEWERS, rampMs: 4_000, holdMs: 6_000 }],
      arrival: 'poisson',
      seed: 1,
      signal,
      onStage: () => true,
    })
    const [stage] = stages
    expect(stage?.hold.viewers).toEqual({ arrived: 0, playing: VIEWERS, failed: {}, dropped: {} })
    expect(stage?.ramp.viewers.failed).toEqual({})
    for (const { name, figures } of byKind)
      expect([name, figures.lost, figures.unstamped]).toEqual([name, 0, 0])
    expect(stage?.hold.frames).toBeGreaterThan(VIEWERS * 100)
  },
)
