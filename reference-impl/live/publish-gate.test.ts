import { describe, expect, it } from 'vitest'
import { Hub } from './hub.ts'
import type { EndReason, Publication } from './publication.ts'
import { createPublishGate } from './publish-gate.ts'
import { defaultLiveSeams } from './seams.ts'
import { feedFrames } from './testing/feed-frames.ts'
import { MemoryDirectory } from './testing/memory-directory.ts'
import { TestSubscriber } from './testing/test-subscriber.ts'

const NAME = 'AAAAA-BBBBB'
const publisher = { protocol: 'rtmp', session: '1', remote: '127.0.0.1:1', params: {} } as const

function setUp(graceMs = 60_000) {
  const directory = new MemoryDirectory()
  directory.add(NAME)
  const hub = new Hub(defaultLiveSeams(), { graceMs })
  const clock = { now: 0 }
  const seams = defaultLiveSeams()
  const gate = createPublishGate({ hub, directory, seams, now: () => clock.now })
  const publish = async (): Promise<Publication> => {
    const decision = await gate.request(NAME, publisher)
    if (!decision.ok) throw new TypeError(decision.refusal)
    return decision.publication
  }
  const watch = (): TestSubscriber => {
    const viewer = new TestSubscriber()
    hub.get(NAME)!.subscribe(viewer)
    return viewer
  }
  return { directory, hub, gate, clock, publish, watch }
}

describe('The publish gate', () => {
  it.each([
    ['bad-name', '../../etc', undefined],
    ['bad-name', 'AAAAA-BBBBB/x', undefined],
    ['unknown', 'AAAAA-00000', undefined],
    ['locked', 'AAAAA-LLLLL', 'locked'],
    ['deleted', 'AAAAA-DDDDD', 'deleted'],
  ] as const)('refuses with %s: %s', async (refusal, name, state) => {
    const { gate, directory, hub } = setUp()
    if (state !== undefined) directory.add(name, state)
    expect(await gate.request(name, publisher)).toEqual({ ok: false, refusal })
    expect(hub.streams).toEqual([])
  })

  it('makes a stream live with its publication, and ended without', async () => {
    const { directory, publish } = setUp()
    const publication = await publish()
    expect(directory.find(NAME)?.state).toBe('live')
    publication.end('unpublished')
    expect(directory.find(NAME)?.state).toBe('ended')
    await publish()
    expect(directory.find(NAME)?.state).toBe('live')
  })

  it('refuses a second publisher while the first one sends', async () => {
    const { gate, clock, publish } = setUp()
    const first = await publish()
    clock.now = 10_000
    feedFrames(first, 1)
    clock.now = 12_999
    expect(await gate.request(NAME, publisher)).toEqual({ ok: false, refusal: 'duplicate' })
  })

  it('lets a second publisher replace one that has been silent for 3 s; viewers stay', async () => {
    const { directory, clock, publish, watch } = setUp()
    const first = await publish()
    const revoked: EndReason[] = []
    first.onRevoked((reason) => revoked.push(reason))
    feedFrames(first, 2)
    const viewer = watch()
    clock.now = 3000
    const second = await publish()
    expect(revoked).toEqual(['replaced'])
    feedFrames(second, 2)
    expect(viewer.ended).toBeUndefined()
    expect(viewer.packets[0]).toMatchObject({ kind: 'discontinuity', reason: 'republished' })
    expect(directory.find(NAME)?.state).toBe('live')
    // The replaced session has no say any more.
    feedFrames(first, 5)
    first.end('unpublished')
    expect(viewer.kinds()).toEqual(['discontinuity', 'fragment', 'fragment'])
    expect(directory.find(NAME)?.state).toBe('live')
  })

  it('ends viewers at once when the encoder unpublishes', async () => {
    const { hub, publish, watch } = setUp()
    const publication = await publish()
    const viewer = watch()
    publication.end('unpublished')
    expect(viewer.ended).toBe('unpublished')
    expect(hub.get(NAME)).toBeUndefined()
  })

  it.each(['disconnected', 'silent', 'protocol-error'] as const)(
    'keeps viewers for the grace time after %s, while the state is ended at once',
    async (reason) => {
      const { directory, hub, publish, watch } = setUp()
      const first = await publish()
      feedFrames(first, 2)
      const viewer = watch()
      first.end(reason)
      expect(directory.find(NAME)?.state).toBe('ended')
      expect(viewer.ended).toBeUndefined()
      expect(hub.get(NAME)?.publishing).toBe(false)
      feedFrames(await publish(), 1)
      expect(viewer.kinds()).toEqual(['discontinuity', 'fragment'])
    },
  )

  it('ends viewers when the grace time is over', async () => {
    const { publish, watch, hub } = setUp(20)
    const publication = await publish()
    const viewer = watch()
    publication.end('disconnected')
    expect(await viewer.untilEnd()).toBe('vanished')
    expect(hub.get(NAME)).toBeUndefined()
  })

  it.each([
    ['stop', 'stopped'],
    ['lock', 'locked'],
    ['delete', 'deleted'],
  ] as const)('revokes and ends on %s', async (command, reason) => {
    const { directory, publish, watch } = setUp()
    const publication = await publish()
    const viewer = watch()
    const revoked: EndReason[] = []
    publication.onRevoked((why) => revoked.push(why))
    directory.command(NAME, command)
    expect(revoked).toEqual([reason])
    expect(viewer.ended).toBe(reason)
  })

  it('ends viewers who wait for a vanished encoder when the stream is stopped', async () => {
    const { directory, publish, watch } = setUp()
    const publication = await publish()
    const viewer = watch()
    publication.end('disconnected')
    directory.command(NAME, 'lock')
    expect(viewer.ended).toBe('locked')
  })

  it('tells a session that it was revoked even when it listens late, and only once', async () => {
    const { directory, publish } = setUp()
    const publication = await publish()
    directory.command(NAME, 'stop')
    const revoked: EndReason[] = []
    publication.onRevoked((reason) => revoked.push(reason))
    expect(revoked).toEqual(['stopped'])
  })

  it('publishes a stream that a process before this one left live', async () => {
    const { directory, publish } = setUp()
    directory.add(NAME, 'live')
    await publish()
    expect(directory.find(NAME)?.state).toBe('live')
  })

  it.each([
    ['drop', 'dropped', null],
    ['refuse', 'dropped', 'busy'],
    ['replace', 'replaced', 'duplicate'],
  ] as const)('on request, lets a publisher meet: %s', async (what, reason, refusal) => {
    const { gate, clock, publish, watch, directory } = setUp()
    expect(gate.provoke(NAME, what, 2_000)).toBe(false)
    const publication = await publish()
    const viewer = watch()
    const revoked: EndReason[] = []
    publication.onRevoked((why) => revoked.push(why))
    expect(gate.provoke(NAME, what, 2_000)).toBe(true)
    expect(revoked).toEqual([reason])
    expect(viewer.ended).toBeUndefined()
    expect(directory.find(NAME)?.state).toBe('ended')
    if (refusal !== null)
      expect(await gate.request(NAME, publisher)).toEqual({ ok: false, refusal })
    clock.now = 2_000
    expect(await gate.request(NAME, publisher)).toMatchObject({ ok: true })
  })
})
