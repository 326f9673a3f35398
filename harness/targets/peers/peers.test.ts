import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { RawClient } from '../../conformance/rtmp-server/raw-client.ts'
import { RawPublisher } from '../../conformance/rtmp-server/raw-publisher.ts'
import { tryPublish } from '../../conformance/rtmp-server/raw-session.ts'
import { unknownName } from '../../conformance/rtmp-server/unknown-name.ts'
import { openRtmpViewer } from '../../viewers/rtmp-viewer.ts'
import type { PeerExtras } from '../target.ts'
import { targetPid } from '../target-pid.ts'
import { nginxRtmp } from './nginx-rtmp.ts'
import { peerStream } from './peer-stream.ts'
import { peers } from './peers.ts'
import { startPeer } from './start-peer.ts'

const WITHIN = { timeout: 15_000 }

function runs(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** As a user's machine may lack it; CI brings all of them. */
const here = peers.map((peer) => [peer.id, peer, peer.missing()] as const)
for (const [id, , missing] of here) if (missing) console.log(`${id} is not tested: ${missing}`)

describe.for(here)('%s', ([id, peer, missing]) => {
  test.skipIf(missing)('starts apart from all else, and leaves nothing behind', async () => {
    const target = await startPeer(peer)
    const { peer: extras, keeperPid } = target
    const pid = targetPid(target)
    expect(new URL(extras!.rtmp.replace('rtmp', 'http')).hostname).toBe('127.0.0.1')
    expect([runs(keeperPid), runs(pid)]).toEqual([true, true])
    await target.close()
    expect([runs(keeperPid), runs(pid)]).toEqual([false, false])
    expect(existsSync(dirname(extras!.pidFile))).toBe(false)
    await expect(RawClient.open(extras!.rtmp)).rejects.toMatchObject({
      code: 'LP_RTMP_UNREACHABLE',
    })
  })

  test.skipIf(missing)('ends when whoever started it was killed', async () => {
    const script = fileURLToPath(new URL('./testing-start-and-wait.ts', import.meta.url))
    const starter = spawn(process.execPath, [script, id], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = (await once(starter.stdout!, 'data')) as [Buffer]
    const told: { keeper: number; peer: PeerExtras } = JSON.parse(line.toString())
    const pid = Number(readFileSync(told.peer.pidFile, 'utf8'))
    expect([runs(told.keeper), runs(pid)]).toEqual([true, true])
    starter.kill('SIGKILL')
    await vi.waitFor(() => expect([runs(told.keeper), runs(pid)]).toEqual([false, false]), WITHIN)
    expect(existsSync(dirname(told.peer.pidFile))).toBe(false)
  })

  test.skipIf(missing)('comes back after it died', async () => {
    const target = await startPeer(peer)
    try {
      const first = targetPid(target)
      process.kill(first!, 'SIGKILL')
      await vi.waitFor(async () => {
        expect(targetPid(target)).not.toBe(first)
        const client = await RawClient.open(target.peer!.rtmp)
        client.destroy()
      }, WITHIN)
      expect(target.restarts()).toBe(1)
    } finally {
      await target.close()
    }
  })

  test.skipIf(missing)('carries what is published under a name of its streams', async () => {
    const target = await startPeer(peer)
    try {
      const { name, playout, ingest } = peerStream(target)
      const publisher = await RawPublisher.start({ url: ingest.rtmp, streamName: name })
      await publisher.headers()
      await publisher.frame(0)
      const viewer = openRtmpViewer(playout.rtmp)
      let time = 0
      const timer = setInterval(() => {
        time += 33
        void publisher.frame(time, { key: true })
      }, 33)
      try {
        await viewer.frames(20)
        // Only frames that are younger than the sequence header have a latency.
        await viewer.until(() => viewer.latency.count > 10 || undefined)
      } finally {
        clearInterval(timer)
      }
      const { stamped, lost, foreign } = viewer.stats
      expect({ stamped: stamped >= 20, lost, foreign }).toEqual({
        stamped: true,
        lost: 0,
        foreign: 0,
      })
      expect(viewer.record.stages.firstKeyFrame).not.toBeNull()
      await viewer.close()
      expect(() => playout.h5live).toThrow(`${id} has no H5Live delivery`)
      publisher.client.destroy()
    } finally {
      await target.close()
    }
  })
})

test.skipIf(nginxRtmp.missing())('nginx-rtmp asks who may publish', async () => {
  const target = await startPeer(nginxRtmp)
  try {
    const { name, ingest } = peerStream(target)
    const known = await tryPublish({ url: ingest.rtmp, streamName: name })
    const unknown = await tryPublish({ url: ingest.rtmp, streamName: unknownName(name) })
    expect([known?.started, unknown?.started]).toEqual([true, false])
    for (const attempt of [known, unknown]) attempt?.client.destroy()
  } finally {
    await target.close()
  }
})

test('what is missing is told with the way to bring it', async () => {
  vi.stubEnv('NGINX_RTMP_MODULE', '/nowhere/module.so')
  await expect(startPeer(nginxRtmp)).rejects.toMatchObject({
    code: 'LP_PEER_MISSING',
    message: expect.stringContaining('libnginx-mod-rtmp'),
  })
  vi.unstubAllEnvs()
})
