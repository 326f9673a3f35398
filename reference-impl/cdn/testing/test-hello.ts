import type { EdgeHello } from '../control-message.ts'

/** What an edge says of itself first; all of its addresses are `at`. */
export function testHello(
  id: string,
  { region = 'eu', capacity = 5, at = 'http://127.0.0.1:9/' } = {},
): EdgeHello {
  const web = { websocket: at, playlist: at, progressive: at, hls: at }
  const addresses = { ...web, rtmp: at, srt: at, whip: at }
  return { type: 'hello', schema: 'liveproof/edge@1', id, region, pid: 1, capacity, addresses }
}
