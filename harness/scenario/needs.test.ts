import { expect, test } from 'vitest'
import { unmetNeed } from './needs.ts'
import type { TargetDescription } from './result.ts'

const remote: TargetDescription = {
  name: 'staging',
  kind: 'remote',
  api: 'https://bintu.example',
  apiKey: 'k',
}

test('a target meets the need for edges where it names some, and the reference always', () => {
  const edges = [{ id: 'fra', region: 'eu', h5live: 'wss://fra.example/h5live/stream.mp4' }]
  expect(unmetNeed(['edges'], remote)).toBe('needs edges; this target names none')
  expect(unmetNeed(['edges'], { ...remote, edges: [] })).toBe('needs edges; this target names none')
  expect(unmetNeed(['edges'], { ...remote, edges })).toBeNull()
  expect(unmetNeed(['edges'], { ...remote, kind: 'reference' })).toBeNull()
  expect(unmetNeed(['edges'], { ...remote, kind: 'peer' })).not.toBeNull()
})

test('only the reference meets the need for it', () => {
  expect(unmetNeed(['reference'], { ...remote, kind: 'reference' })).toBeNull()
  expect(unmetNeed(['edges', 'reference'], { ...remote, kind: 'peer' })).not.toBeNull()
})
