import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { Encoder } from '../encoders/encoder.ts'
import { loadProfileFile } from '../encoders/load-profile.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import { nowMs } from '../measure/clock.ts'
import { readRunRecord } from '../report/render.ts'
import { findProgram } from '../setup/program.ts'
import { programs } from '../setup/programs.ts'
import { judgeBundle } from './bundle/judge-bundle.ts'
import { readBundle } from './bundle/read-bundle.ts'
import { TIMED_RULES } from './timed-rules.ts'

const DEADLINE_MS = 90_000
const out = mkdtempSync(join(tmpdir(), 'liveproof-validate-'))
const main = new URL('../cli/main.ts', import.meta.url).pathname
const ffmpeg = findProgram(programs.find(({ name }) => name === 'ffmpeg')!)
afterAll(() => rmSync(out, { recursive: true, force: true }))

/** A command that waits for an encoder. */
class Waiting {
  readonly dir: string
  text = ''
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly #exit: Promise<[number | null]>
  readonly #tooSoon: Promise<never>

  constructor(command: 'validate' | 'record', name: string, args: readonly string[]) {
    this.dir = join(out, name)
    const all = [main, command, '--wait', '60', '--out', this.dir, ...args]
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
    this.child = spawn(process.execPath, all, { stdio, env: { ...process.env, NO_COLOR: '1' } })
    this.#exit = once(this.child, 'close') as Promise<[number | null]>
    this.#tooSoon = this.#exit.then(() => {
      throw new Error(`it ended before that:\n${this.text}`)
    })
    this.#tooSoon.catch(() => {})
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.text += text
      })
  }

  async until(pattern: RegExp): Promise<string> {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    for (;;) {
      const found = pattern.exec(this.text)
      if (found) return found[1] ?? ''
      await Promise.race([once(this.child.stdout, 'data', { signal }), this.#tooSoon])
    }
  }

  async field(label: string): Promise<string> {
    return this.until(new RegExp(`^  ${label.replaceAll(/[()]/g, '\\$&')} +(\\S+)$`, 'm'))
  }

  async exit(): Promise<number | null> {
    const [code] = await this.#exit
    return code
  }

  /** Ends with this code, unless the machine made it late: then as its report says. */
  async endsWith(code: number): Promise<void> {
    const exit = await this.exit()
    const { health, scenarios, summary } = this.report
    const late = scenarios.some(({ verdicts }) =>
      verdicts.some(({ rule, outcome }) => outcome === 'fail' && TIMED_RULES.includes(rule)),
    )
    expect(exit).toBe(late || health.status === 'invalid' ? summary.exitCode : code)
  }

  get report() {
    return readRunRecord(join(this.dir, 'latest', 'report.json'))
  }

  /** But for what a loaded machine may make late. */
  broken(): string[] {
    return this.report.scenarios.flatMap(({ verdicts }) =>
      verdicts
        .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
        .map(({ rule }) => rule)
        .filter((rule) => !TIMED_RULES.includes(rule)),
    )
  }

  async simulate(profile: string): Promise<Encoder> {
    const url = await this.field('Server (URL)')
    const streamName = await this.field('Stream name (key)')
    return startEncoder({ profile, to: { url, streamName } })
  }
}

describe.concurrent('A validation', { timeout: DEADLINE_MS }, () => {
  const short = ['--duration', '7', '--no-page']

  it('of a good encoder ends with 0, and with a certificate that anyone can judge again', async () => {
    const run = new Waiting('validate', 'good', ['--protocol', 'rtmp', ...short])
    const encoder = await run.simulate('obs-29')
    await run.until(/Stop the encoder now/)
    await encoder.stop()
    await run.endsWith(0)
    expect(run.broken()).toEqual([])
    const packed = readFileSync(join(run.dir, 'latest', 'certificate.tar.gz'))
    const bundle = readBundle(packed)
    const { differences, wire } = judgeBundle(bundle)
    expect([differences, wire.map(({ path }) => path)]).toEqual([[], ['wire/rtmp-0.bin']])
    expect(wire[0]!.compared).toBeGreaterThan(7 * 70)
    expect(bundle.manifest).toMatchObject({ protocol: 'rtmp', device: { name: 'OBS Studio' } })
    const { sessions } = structuredClone(bundle.evidence)
    sessions[0]!.frames.size[100]! += 1
    expect(judgeBundle({ ...bundle, evidence: { sessions } }).differences).toContainEqual(
      expect.objectContaining({ what: 'wire', rule: 'wire/rtmp-0.bin' }),
    )
    const shown = ['report.json', 'index.html', 'junit.xml'].map((file) =>
      readFileSync(join(run.dir, 'latest', file)),
    )
    for (const bytes of [...shown, gunzipSync(packed)])
      expect(bytes.includes(encoder.streamName)).toBe(false)
  })

  it.skipIf(ffmpeg === null)(
    'of ffmpeg -g 250 ends with 1 for exactly that, and says what to do',
    async () => {
      const run = new Waiting('validate', 'ffmpeg', ['--protocol', 'srt', ...short])
      const url = await run.field('as one address')
      const source = [
        '-f',
        'lavfi',
        '-i',
        'testsrc2=size=640x360:rate=30',
        '-f',
        'lavfi',
        '-i',
        'sine=sample_rate=48000',
      ]
      const video = '-c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -g 250'
      const rate = '-x264-params scenecut=0 -b:v 400k -maxrate 400k -bufsize 400k'
      const audio = '-c:a aac -b:a 64k -ac 2 -f mpegts'
      const args = [
        '-loglevel',
        'error',
        '-re',
        ...source,
        ...`${video} ${rate} ${audio}`.split(' '),
        url,
      ]
      const child = spawn(ffmpeg!, args, { stdio: ['pipe', 'ignore', 'ignore'] })
      try {
        await run.until(/Stop the encoder now/)
        child.stdin.on('error', () => {}).write('q')
        await run.endsWith(1)
        expect(run.broken()).toEqual(['encoder.gop-length'])
        expect(run.text).toMatch(/advice {4}Set the key-frame interval to 2 s/)
        expect(run.text).toMatch(/x264 +x264 - core/)
      } finally {
        child.kill('SIGKILL')
      }
    },
  )

  it('that nobody comes to, or that Ctrl-C ends, has a valid report and no verdict', async () => {
    const run = new Waiting('validate', 'nobody', [
      '--protocol',
      'whip',
      '--no-page',
      '--wait',
      '1',
    ])
    expect(await run.exit()).toBe(3)
    expect(run.report.scenarios[0]?.reason).toMatch(/no picture and no sound came/)
    const cut = new Waiting('validate', 'cut', [
      '--protocol',
      'rtmp',
      '--duration',
      '60',
      '--no-page',
    ])
    const encoder = await cut.simulate('obs-29')
    await cut.until(/^([1-9]\d*\.\d s): /m)
    cut.child.kill('SIGINT')
    await cut.endsWith(3)
    await encoder.stop()
    expect(cut.report.run.interrupted).toMatchObject({ cause: 'signal', detail: 'SIGINT' })
    expect(cut.report.scenarios[0]?.verdicts.length).toBeGreaterThan(25)
  })
})

describe.concurrent('A recording', { timeout: DEADLINE_MS }, () => {
  it('is a profile that loads and publishes, and that is what connected', async () => {
    const run = new Waiting('record', 'record', [
      '--protocol',
      'rtmp',
      '--id',
      'mine',
      '--duration',
      '6',
    ])
    const startedAt = nowMs()
    const encoder = await run.simulate('obs-29')
    let backAt = 0
    encoder.onReconnect(() => {
      backAt = nowMs()
    })
    await run.until(/Stop the encoder now/)
    await encoder.stop()
    expect(await run.exit()).toBe(0)
    const profile = loadProfileFile(join(run.dir, 'mine.json'))
    expect(profile.rtmp).toEqual(encoder.profile.rtmp)
    // What libobs waits before its first retry, and no more than it was away: it was cut at half time.
    expect(profile.behaviour.reconnect?.firstDelayMs).toBeGreaterThan(1_900)
    expect(profile.behaviour.reconnect?.firstDelayMs).toBeLessThan(backAt - startedAt - 3_000)

    const again = new Waiting('validate', 'again', [
      '--protocol',
      'rtmp',
      '--duration',
      '3',
      '--no-page',
    ])
    const url = await again.field('Server (URL)')
    const streamName = await again.field('Stream name (key)')
    const copy = await startEncoder({ profile, to: { url, streamName } })
    await again.until(/Stop the encoder now/)
    await copy.stop()
    await again.endsWith(0)
    expect(again.broken()).toEqual([])
  })
})
