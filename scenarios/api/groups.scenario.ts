import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

const LADDER = [{ profile: 'vtrans2-640x360x400x25' }, { profile: 'vtrans2-426x240x200x15' }]

scenario(
  'a group shows every bitrate, is one entry of the list, and lets nobody publish its transcodes',
  { needs: ['reference', 'ffmpeg'] },
  async ({ client, createStream, encoder }) => {
    const stream = await createStream({ tags: ['ladder'], transcodes: LADDER })
    const [passthrough, middle, lowest] = stream.renditions!
    expect([passthrough, middle, lowest].map((one) => one?.index)).toEqual([0, 1, 2])
    expect(passthrough!.name).toBe(stream.name)
    const listed = await client.listStreams({ tags: ['ladder'] })
    expect(listed.map(({ id }) => id)).toEqual([stream.id])
    const group = await client.getGroup(stream.id)
    expect(group.renditions!.map(({ name }) => name)).toEqual(
      stream.renditions!.map(({ name }) => name),
    )
    const impostor = { ...stream, name: middle!.name }
    await expect(encoder('obs-29', { to: impostor })).rejects.toMatchObject({
      code: 'LP_ENCODER_REFUSED',
    })
    for (const transcodes of [LADDER.toReversed(), [...LADDER, ...LADDER]])
      await expect(createStream({ transcodes })).rejects.toMatchObject({ status: 400 })
  },
)
