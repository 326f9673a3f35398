import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { nowMs } from '../measure/clock.ts'
import { findProgram } from '../setup/program.ts'
import { chromium } from '../setup/programs.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import { openBrowserViewer } from './browser-viewer.ts'
import { Fmp4Stream } from './fmp4-stream.ts'
import { makeFragmentedMp4 } from './test-media.ts'
import { startTestServer } from './test-server.ts'

const FRAME_MS = 1000 / 30
let init: Buffer
let fragments: Buffer[]
let mimeType: string
const cleanup: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const units = new Fmp4Stream().push(await makeFragmentedMp4({ video: '360p30', duration: 4 }))
  fragments = []
  for (const unit of units) {
    if (unit.kind === 'fragment') fragments.push(Buffer.concat(unit.bytes))
    else {
      init = Buffer.from(unit.bytes)
      mimeType = `video/mp4; codecs="${unit.init.tracks[0]!.codecString}"`
    }
  }
})

afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close()
})

/** Sends the clip at the pace of its frames; tells when each frame was sent. */
async function serveClip(change: (fragment: Buffer, index: number) => Buffer = (f) => f) {
  const sentAt: number[] = []
  const play = (socket: WebSocket) => {
    socket.send(JSON.stringify({ type: 'streamInfo', data: { mimeType } }))
    socket.send(init)
    const start = nowMs()
    const timer = setInterval(() => {
      while (sentAt.length < fragments.length && nowMs() - start >= sentAt.length * FRAME_MS) {
        const index = sentAt.length
        sentAt.push(nowMs())
        socket.send(change(fragments[index]!, index))
      }
    }, 5)
    socket.on('close', () => clearInterval(timer))
  }
  const server = await startTestServer({ socket: play })
  cleanup.push(server.close)
  const target: Target = {
    name: 'test',
    kind: 'remote',
    api: server.http,
    apiKey: '',
    close: async () => {},
  }
  const stream: TargetStream = {
    id: 'test',
    name: 'AAAAA-BBBBB',
    ingest: { rtmp: '' },
    playout: {
      h5live: server.ws,
      progressive: server.http,
      rtmp: { url: '', streamname: 'AAAAA-BBBBB' },
    },
  }
  return { target, stream, sentAt }
}

describe.runIf(findProgram(chromium))('in Chromium', () => {
  test('each picture is told with its number, its time and the bound of that time', async () => {
    const { target, stream, sentAt } = await serveClip()
    const viewer = await openBrowserViewer(target, stream)
    cleanup.push(() => viewer.close())
    await viewer.frames(60)
    expect(viewer.errors).toEqual([])
    expect(viewer.clock.errorBoundMs).toBeLessThan(20)
    const pictures = viewer.presented.filter(({ barCode }) => barCode !== null)
    // Under load a callback may come too late to read the pixels of its picture.
    expect(pictures.length).toBeGreaterThan(viewer.presented.length * 0.5)
    expect(Math.max(...pictures.map(({ bufferedMs }) => bufferedMs))).toBeGreaterThan(FRAME_MS)
    for (const [index, picture] of pictures.entries()) {
      const number = picture.barCode!
      expect(picture).toMatchObject({ width: 640, height: 360 })
      // At the live edge there is little behind a picture, and never more than the clip.
      expect(picture.bufferedMs).toBeGreaterThanOrEqual(0)
      expect(picture.bufferedMs).toBeLessThan(4_000)
      // Two independent ways to say which picture it is: its pixels and its place in the media.
      expect(Math.round(picture.mediaTime * 30)).toBe(number)
      expect(number).toBeGreaterThan(pictures[index - 1]?.barCode ?? -1)
      expect(picture.presentedAt + viewer.clock.errorBoundMs).toBeGreaterThan(sentAt[number]!)
    }
  })

  test('a decode error is told, with the browser’s reason', async () => {
    const { target, stream } = await serveClip((fragment, index) =>
      index === 10 ? Buffer.from(fragment).fill(0xff, 40) : fragment,
    )
    const viewer = await openBrowserViewer(target, stream)
    cleanup.push(() => viewer.close())
    await expect(viewer.frames(60, { timeoutMs: 4000 })).rejects.toMatchObject({
      code: 'LP_VIEWER_TIMEOUT',
      message: expect.stringContaining('media error'),
    })
    expect(viewer.errors[0]).toMatch(/^media error [34]: /)
  })

  test('a player page that is not there is the target’s fault', async () => {
    const { target, stream } = await serveClip()
    const reference = {
      pid: 0,
      observe: '',
      rtmps: { url: '', ca: '' },
      srtEncrypted: { url: '', passphrase: '' },
      webcaster: '',
      player: `${target.api}player/`,
      feed: { url: '', secret: '', faults: [] },
    }
    await expect(openBrowserViewer({ ...target, reference }, stream)).rejects.toMatchObject({
      code: 'LP_PLAYER_PAGE',
      message: expect.stringContaining('HTTP 404'),
    })
  })
})
