import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRtmpUrl } from '../../encoders/rtmp-connection.ts'
import { type Cloud, maySendTo } from './cloud.ts'
import { publicationOf } from './publication.ts'
import { FIELDS, factorySettings, PROTOCOLS, readSettings, type Settings } from './settings.ts'

const cloud: Cloud = {
  rtmp: 'rtmp://127.0.0.1:1935/live',
  whip: 'http://127.0.0.1:8080/whip/{key}',
  srt: { host: '127.0.0.1', port: 5000 },
  allow: ['ingest.example'],
}
const [rtmp, , srt, whip] = PROTOCOLS

function meant(change: Partial<Settings>) {
  return publicationOf({ ...factorySettings(cloud), streamKey: 'ABCDE-XYZ12', ...change }, cloud)
}

describe('what a form means', () => {
  it('is a publication over the protocol that was chosen', () => {
    expect(meant({})).toMatchObject({
      publication: { url: 'rtmp://127.0.0.1:1935/live', streamName: 'ABCDE-XYZ12' },
    })
    expect(meant({ destinationUrl: 'RTMPS://Ingest.Example/live/' })).toMatchObject({
      publication: { url: 'rtmps://Ingest.Example/live' },
    })
    expect(meant({ protocol: whip, streamKey: 'A/B' })).toMatchObject({
      publication: { url: 'http://127.0.0.1:8080/whip/A%2FB', streamName: 'A/B' },
    })
    const call = { protocol: srt, destinationAddress: '::1', port: '5000' }
    expect(meant({ ...call, streamId: 'push:ABCDE-XYZ12' })).toMatchObject({
      publication: {
        url: 'srt://[::1]:5000',
        streamName: 'ABCDE-XYZ12',
        profile: { srt: { streamId: 'push' } },
      },
    })
    expect(meant({ ...call, streamId: '#!::m=publish,r=A' })).toMatchObject({
      publication: { streamName: 'A', profile: { srt: { streamId: 'access-control' } } },
    })
  })

  it.each<[Partial<Settings>, keyof Settings]>([
    [{ destinationUrl: '' }, 'destinationUrl'],
    [{ destinationUrl: 'http://127.0.0.1/live' }, 'destinationUrl'],
    [{ destinationUrl: 'rtmp://' }, 'destinationUrl'],
    [{ destinationUrl: 'rtmp://127.0.0.1' }, 'destinationUrl'],
    [{ destinationUrl: 'rtmp://127.0.0.1:/live' }, 'destinationUrl'],
    [{ destinationUrl: 'rtmp://127.0.0.1:99999/live' }, 'destinationUrl'],
    [{ destinationUrl: 'rtmp://user:secret@127.0.0.1/live' }, 'destinationUrl'],
    [{ destinationUrl: 'rtmp://192.0.2.1/live' }, 'destinationUrl'],
    [{ destinationUrl: 'rtmp://127.0.0.1.evil.example/live' }, 'destinationUrl'],
    [{ destinationUrl: `rtmp://127.0.0.1/${'a'.repeat(600)}` }, 'destinationUrl'],
    [{ streamKey: '' }, 'streamKey'],
    [{ streamKey: 'A B' }, 'streamKey'],
    [{ streamKey: 'A\r\nB' }, 'streamKey'],
    [{ protocol: 'HTTP' }, 'protocol'],
    [{ encoding: '../../secret' }, 'encoding'],
    [{ protocol: srt, destinationAddress: '127.0.0.1', port: '0' }, 'port'],
    [{ protocol: srt, destinationAddress: '127.0.0.1', port: '65536' }, 'port'],
    [{ protocol: srt, destinationAddress: '127.0.0.1', port: '1e3' }, 'port'],
    [{ protocol: srt, destinationAddress: 'a/b', port: '1' }, 'destinationAddress'],
    [{ protocol: srt, destinationAddress: '192.0.2.1', port: '1' }, 'destinationAddress'],
    [{ protocol: srt, destinationAddress: '127.0.0.1', port: '1', srtMode: 'Listener' }, 'srtMode'],
    [{ protocol: whip, streamKey: '' }, 'streamKey'],
  ])('is told what is wrong: %o', (change, field) => {
    expect(meant(change)).toMatchObject({ problems: { [field]: expect.stringMatching(/\.$/) } })
  })

  it('is never an address elsewhere, whatever is typed', () => {
    const hosts = ['127.0.0.1', 'LOCALHOST', '[::1]', '127.1', '0x7f.1', 'ingest.example']
    const strangers = ['192.0.2.1', '[::2]', '127.0.0.1.evil.example', '127.0.0.1@evil.example']
    const host = fc.oneof(fc.constantFrom(...hosts, ...strangers), fc.string({ maxLength: 20 }))
    const address = fc.tuple(
      fc.constantFrom('rtmp://', 'rtmps://', 'RTMP://', 'rtmp:', ''),
      host,
      fc.constantFrom('', ':1', ':99999', ':'),
      fc.constantFrom('/live', '', '/', '//live', '/a?b#c'),
    )
    const value = fc.oneof(
      fc.string({ maxLength: 80 }),
      address.map((parts) => parts.join('')),
      fc.ipV4(),
      fc.constantFrom(...PROTOCOLS, 'rtmp://127.0.0.1:1/live', 'rtmp://[::1]/a', '720p30', '1'),
    )
    const forms = fc.dictionary(fc.constantFrom(...FIELDS), value)
    fc.assert(
      fc.property(forms, (form) => {
        const settings = readSettings(new URLSearchParams(form), factorySettings(cloud))
        const result = publicationOf(settings, cloud)
        if ('problems' in result) return
        const { url } = result.publication
        const host = url.startsWith('rtmp') ? parseRtmpUrl(url).host : new URL(url).hostname
        expect(maySendTo(cloud, host)).toBe(true)
      }),
    )
    expect(meant({ protocol: rtmp })).toHaveProperty('publication')
  })
})
