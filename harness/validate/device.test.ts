import { describe, expect, it } from 'vitest'
import type { IngestEvent } from '../conformance/ingest-record.ts'
import { command, madeSession, metadata } from '../conformance/testing/ingest-session.ts'
import { deviceOf } from './device.ts'

const device = (...events: IngestEvent[]) => deviceOf({ sessions: [madeSession({ events })] })

describe('The device', () => {
  it.each([
    ['OBS Studio', '29.0.2', metadata({ encoder: 'obs-output module (libobs version 29.0.2)' })],
    ['ffmpeg, libavformat', '59.27.100', metadata({ encoder: 'Lavf59.27.100' })],
    ['vMix', '27.0.0.49', command('connect', 1, [{ flashVer: 'vMix/27.0.0.49' }])],
    [
      'OBS Studio',
      '32.2.0',
      { at: 1, type: 'whip-offer', userAgent: 'Mozilla/5.0 (OBS-Studio/32.2.0; Linux x86_64)' },
    ],
  ] as const)('is %s %s by what it says of itself', (name, version, event) => {
    expect(device(event)).toMatchObject({ name, version })
  })

  it('stays unknown where nothing tells', () => {
    expect(device().name).toBe('an unknown encoder')
    const call = { at: 1, type: 'srt-handshake', srtVersion: '1.4.4', keyBytes: 16, latencyMs: 500 }
    expect(device(call)).toMatchObject({ name: 'an unknown encoder with libsrt 1.4.4' })
    expect(deviceOf({ sessions: [] })).toEqual({
      name: 'an unknown encoder',
      version: null,
      facts: [],
    })
  })

  it('is described by its settings and its bitstream, each with where that was read', () => {
    const { facts } = device(
      { at: 1, type: 'chunk-size', size: 4096 },
      { at: 2, type: 'encoder-text', text: 'x264 - core 164 - options: bframes=0' },
      { at: 3, type: 'bpm', pictures: 3, delayMs: 312, leastMs: 290, mostMs: 340 },
    )
    expect(facts).toContainEqual({
      ...{ name: 'video', value: 'avc1, 640x360, profile constrained baseline, level 3.0' },
      from: 'the bitstream',
    })
    expect(facts).toContainEqual({
      name: 'chunk size',
      value: '4096 bytes',
      from: 'Set Chunk Size',
    })
    expect(facts).toContainEqual({
      name: 'from composition to arrival',
      value: '290–340 ms (3 key frames)',
      from: 'BPM in key frames, by OBS’s clock',
    })
    expect(facts.find(({ name }) => name === 'x264')?.value).toMatch(/^x264 - core 164/)
  })
})
