import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { PeerExtras } from '../target.ts'
import type { Peer, PeerPlace } from './peer.ts'
import { randomLetters } from './random-letters.ts'

const APP = 'live'
/** s that a signature is good for: longer than any run. */
const GOOD_FOR_S = 86_400

/**
 * node-media-server with authentication of publishers: a name carries its own signature, as the
 * server's documentation describes.
 */
export const nodeMediaServer: Peer = {
  id: 'node-media-server',
  summary: 'node-media-server, from npm',
  missing: () =>
    folder() ? null : 'node-media-server not installed (npm install; it is a dev dependency)',
  version() {
    const found = folder()
    if (!found) return null
    const about: { version?: string } = JSON.parse(
      readFileSync(join(found, 'package.json'), 'utf8'),
    )
    return about.version ?? null
  },
  command: (place) => ({
    file: process.execPath,
    args: [join(folder() ?? '', 'bin', 'app.js'), '--config', join(place.dir, 'config.json')],
    files: { 'config.json': JSON.stringify(configuration(place)) },
  }),
  streamName({ secret }: PeerExtras) {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    const name = `${randomLetters(letters, 5)}-${randomLetters(letters, 5)}`
    const until = Math.floor(Date.now() / 1000) + GOOD_FOR_S
    const signed = createHash('md5').update(`/${APP}/${name}-${until}-${secret}`).digest('hex')
    return `${name}?sign=${until}-${signed}`
  },
}

function configuration({ dir, rtmpPort, secret }: PeerPlace): unknown {
  return {
    bind: '127.0.0.1',
    auth: { play: false, publish: true, secret },
    rtmp: { port: rtmpPort },
    store: { path: join(dir, 'data') },
    webadmin: { enable: false },
  }
}

/** Where npm put it; null where it is not. */
function folder(): string | null {
  try {
    const main = createRequire(import.meta.url).resolve('node-media-server')
    return dirname(dirname(main))
  } catch {
    return null
  }
}
