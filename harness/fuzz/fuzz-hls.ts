import { deliver } from './deliver.ts'
import type { FuzzInput, FuzzPlace } from './fuzz-input.ts'
import { judgeHttp } from './http-answer.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

const FILES = [
  ...['map-0-0.mp4', 'segment-0-0.m4s', 'part-0-0.m4s', 'segment-zzzzzzzzzzzzz-1.m4s'],
  ...['segment-a-99999999999999999999.m4s', 'map-a-1.m4s', 'part--1.m4s', 'playlist.m3u8'],
  ...['..%2f..%2fpackage.json', '%00', '%ff', '%zz', '', '.', '..', 'x'.repeat(4_000)],
] as const
/** Delivery directives (draft-pantos-hls-rfc8216bis §6.2.5), and others. */
const PARAMETERS = [
  '_HLS_msn=0',
  '_HLS_msn=1&_HLS_part=0',
  '_HLS_msn=-1',
  '_HLS_msn=99999999999999999999',
  '_HLS_msn=1e309&_HLS_part=NaN',
  '_HLS_part=3',
  '_HLS_msn=4&_HLS_msn=5',
  '_HLS_skip=YES',
  '_HLS_skip=v2&_HLS_msn=2',
  '_HLS_skip=%00',
  '_HLS_msn[]=1',
  '__proto__=1',
  '%zz=%&=&&',
] as const
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE'] as const
const HEADERS = [
  'Accept-Encoding: gzip;q=0, br, *;q=99999',
  'Range: bytes=0-',
  'Range: bytes=-1,5-2,9999999999999999999-',
  'If-None-Match: "x", *',
  'If-Modified-Since: never',
  'Origin: null',
] as const

/** Requests for playlists and segments with broken paths, directives and headers. */
export const hlsInput: FuzzInput = {
  build(seed, index, place) {
    const random = new Random(seed, index)
    const method = random.chance(85) ? 'GET' : random.pick(METHODS)
    const headers = random.chance(40) ? `${random.pick(HEADERS)}\r\n` : ''
    const request = Buffer.from(
      `${method} ${pathOf(random, place)} HTTP/1.1\r\nHost: ${place.host}\r\n` +
        `${headers}Connection: close\r\n\r\n`,
    )
    return {
      bytes: random.chance(25) ? mutate(random, request, { count: 1 + random.int(3) }) : request,
    }
  },
  async deliver(place, sent, goodbye) {
    const delivery = await deliver(place, sent, goodbye)
    // A request that waits for what is to come may wait longer than its client.
    return delivery.outcome === 'lingering' ? { ...delivery, outcome: 'closed' } : delivery
  },
  judge: judgeHttp,
  letIn: (answer) => answer.toString('latin1', 0, 12) === 'HTTP/1.1 200',
}

function pathOf(random: Random, place: FuzzPlace): string {
  const name = random.chance(70)
    ? place.live
    : random.chance(80)
      ? random.pick(place.names)
      : '..%2f..'
  const parameters: string[] = []
  while (random.chance(50)) parameters.push(random.pick(PARAMETERS))
  const query = parameters.length > 0 ? `?${parameters.join('&')}` : ''
  const file = random.chance(60)
    ? random.pick(['index.m3u8', 'media.m3u8'] as const)
    : random.pick(FILES)
  return `/hls/${name}/${file}${query}`
}
