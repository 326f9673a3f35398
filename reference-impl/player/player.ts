import type { Message, StreamInfoMessage } from '../delivery/h5live/messages.ts'
import { Adaption, type AdaptionRule } from './adaption.ts'
import { Connection } from './connection.ts'
import { LatencyControl } from './latency-control.ts'
import { CATCH_UP_GAIN, LatencyGoals } from './latency-mode.ts'
import { MediaPipe } from './media-pipe.ts'
import {
  emptyStartup,
  type PlayerError,
  type PlayerState,
  type PlayerStats,
  type Startup,
  type SwitchRecord,
} from './player-stats.ts'
import { Playhead } from './playhead.ts'
import { type PresentedFrame, PresentedFrames } from './presented-frames.ts'
import { RateMeter } from './rate-meter.ts'
import { switchByConnection } from './reconnect-switch.ts'
import { type PlayerSettings, withIds } from './settings.ts'
import { askRouter, type Entry, loadGroup, startIndex } from './source.ts'
import { Switcher } from './switcher.ts'

const CONTROL_INTERVAL_MS = 100
const MAX_KEPT = 100
/** Media recoveries within a minute, after which an error stays (`mediaErrorRecoveries`). */
const MAX_RECOVERIES = 3
const RECOVERY_WINDOW_MS = 60_000

/** Plays one H5Live stream in one video element. */
export class Player {
  readonly settings: PlayerSettings
  readonly errors: PlayerError[] = []
  /** The last text messages of the server. */
  readonly messages: Message[] = []
  readonly #video: HTMLVideoElement
  readonly entries: readonly Entry[]
  readonly #playhead: Playhead
  readonly #switcher: Switcher
  readonly #adaption: Adaption
  #connection: Connection
  readonly #presented: PresentedFrames
  readonly #latency: LatencyControl
  readonly #goals: LatencyGoals
  readonly #bits = new RateMeter()
  readonly #frames = new RateMeter()
  readonly #startedAt = performance.now()
  #startup: Startup = emptyStartup()
  #state: PlayerState = 'connecting'
  #pipe: MediaPipe | undefined
  #info: StreamInfoMessage['data'] | undefined
  #positioned = false
  #stalledSince: number | undefined
  #recoveries: number[] = []
  #counts = { stalls: 0, stalledFor: 0, discontinuities: 0, reconnects: 0, fragments: 0, bytes: 0 }

  /** @param entries the bitrates, the best first */
  constructor(video: HTMLVideoElement, settings: PlayerSettings, entries: readonly Entry[]) {
    this.settings = settings
    this.entries = entries
    this.#adaption = new Adaption(entries.length > 1 ? settings.adaption : 'none')
    this.#switcher = new Switcher(startIndex(entries.length, settings.start))
    this.#video = video
    this.#playhead = new Playhead(video)
    const mode = this.#adapts ? 'classic' : settings.latencyMode
    this.#goals = new LatencyGoals(mode, settings.buffer)
    this.#latency = new LatencyControl(CATCH_UP_GAIN[mode])
    this.#presented = new PresentedFrames(video, (frame) => {
      this.#frames.add(frame.now, 1)
      this.#reach('firstFrame')
    })
    this.#connection = new Connection(this.entry.url, settings.reconnect, this.#events())
    video.addEventListener('waiting', () => this.#stalled())
    video.addEventListener('playing', () => this.#playing())
    video.addEventListener('error', () => this.#decodeError())
    window.setInterval(() => this.#control(), CONTROL_INTERVAL_MS)
    this.#connection.open()
  }

  get state(): PlayerState {
    return this.#state
  }

  /** The bitrate that is shown. */
  get entry(): Entry {
    return this.entries[this.#switcher.index] ?? this.entries[0]!
  }

  /** Changes to another bitrate (facts §2.4). */
  switchStream(index: number): void {
    this.#switchTo(index, 'direct')
  }

  setAdaption(rule: AdaptionRule): void {
    this.#adaption.rule = rule
  }

  get streamInfo(): StreamInfoMessage['data'] | undefined {
    return this.#info
  }

  /** Frames that the browser presented, the last ones. */
  get presented(): readonly PresentedFrame[] {
    return this.#presented.frames
  }

  get stats(): PlayerStats {
    const now = performance.now()
    const quality = this.#video.getVideoPlaybackQuality()
    const stalling = this.#stalledSince === undefined ? 0 : now - this.#stalledSince
    return {
      ...this.#counts,
      state: this.#state,
      buffer: this.#playhead.buffer,
      bufferGoal: this.#goals.goals.target,
      playbackRate: this.#video.playbackRate,
      currentTime: this.#video.currentTime,
      bitrate: this.#bits.perSecond(now),
      frameRate: this.#frames.perSecond(now),
      presented: this.#presented.count,
      dropped: quality.droppedVideoFrames,
      corrupted: quality.corruptedVideoFrames ?? 0,
      stalledFor: this.#counts.stalledFor + stalling,
      startup: { ...this.#startup },
      entry: this.#switcher.index,
      switches: this.#switcher.switches,
    }
  }

  /** Chooses between bitrates: it then needs its whole buffer for the time that a change takes. */
  get #adapts(): boolean {
    return this.entries.length > 1 && this.settings.adaption !== 'none'
  }

  /** s of media needed before playback starts */
  get #startBuffer(): number {
    return this.#adapts ? this.settings.buffer.target : this.settings.buffer.start
  }

  #events(): ConstructorParameters<typeof Connection>[2] {
    return {
      connecting: () => this.#connecting(),
      connected: () => this.#reach('connected'),
      text: (message) => this.#text(message),
      media: (bytes) => this.#media(bytes),
      lost: (code, message, delay) => this.#lost(code, message, delay),
    }
  }

  #switchTo(index: number, type: SwitchRecord['type']): void {
    const entry = this.entries[index]
    if (entry === undefined || index === this.#switcher.index || this.#switcher.pending) return
    this.#switcher.ask(index, type)
    if (type !== 'direct') this.#adaption.asked(type === 'up' ? -1 : 1, performance.now())
    if (this.settings.switchMethod === 'server') {
      this.#connection.send({ type: 'switch', data: { stream: entry.stream } })
      return
    }
    switchByConnection(entry.url, {
      reconnect: this.settings.reconnect,
      events: this.#events(),
      position: () => ({ at: this.#video.currentTime, end: this.#playhead.end }),
      take: (connection, messages, media) => {
        this.#connection.close()
        this.#connection = connection
        this.#switched(null)
        for (const message of messages) this.#text(message)
        for (const bytes of media) this.#media(bytes)
      },
      failed: (code) => this.#switched(code),
    })
  }

  #switched(code: number | null): void {
    this.#switcher.settle(code)
    this.#adaption.settled(performance.now())
    this.#connection.redirect(this.entry.url)
  }

  #connecting(): void {
    this.#state = 'connecting'
    this.#pipe?.close()
    this.#pipe = undefined
    this.#info = undefined
  }

  #text(message: Message): void {
    this.messages.push(message)
    if (this.messages.length > MAX_KEPT) this.messages.shift()
    if (message.type === 'serverInfo') this.#reach('serverInfo')
    if (message.type === 'streamInfo') this.#streamInfo(message.data)
    if (message.type === 'switch' && message.data.state !== 'pending') {
      this.#switched(message.data.state === 'done' ? null : (message.data.code ?? 4006))
    }
    if (message.type === 'status' && message.data.status === 'discontinuity') {
      this.#counts.discontinuities += 1
    }
  }

  #streamInfo(info: StreamInfoMessage['data']): void {
    this.#reach('streamInfo')
    const before = this.#info
    this.#info = info
    const sameKinds = before?.haveAudio === info.haveAudio && before?.haveVideo === info.haveVideo
    if (this.#pipe !== undefined && sameKinds) {
      this.#pipe.changeType(info.mimeType)
      return
    }
    // A source buffer cannot gain or lose tracks: another media source begins.
    this.#pipe?.close()
    this.#state = 'loading'
    this.#positioned = false
    this.#goals.reset()
    this.#pipe = new MediaPipe(this.#video, info.mimeType, (code, text) => this.#broken(code, text))
  }

  #media(bytes: ArrayBuffer): void {
    this.#counts.bytes += bytes.byteLength
    this.#counts.fragments += 1
    this.#bits.add(performance.now(), bytes.byteLength * 8)
    this.#reach('firstFragment')
    this.#pipe?.append(bytes)
  }

  #lost(code: number, message: string, delay: number | undefined): void {
    this.#error(code, message)
    if (delay === undefined) {
      this.#state = 'error'
      return
    }
    this.#state = code === 2004 ? 'ended' : 'reconnecting'
    this.#counts.reconnects += 1
    void this.#askAgain()
  }

  /** Its server may be gone: API or router know another, well before the next attempt. */
  async #askAgain(): Promise<void> {
    const { group, router } = this.settings
    try {
      const entries =
        group !== null
          ? await loadGroup(group.api, group.id, withIds)
          : router === null
            ? []
            : await askRouter(router, this.entries)
      const same = entries.find(({ stream }) => stream === this.entry.stream)
      if (same !== undefined) this.#connection.redirect(same.url)
    } catch {
      // Nobody answers: the next attempt goes where the last one went.
    }
  }

  #decodeError(): void {
    const { error } = this.#video
    if (error !== null && this.#pipe !== undefined) this.#broken(3000 + error.code, error.message)
  }

  /** The media cannot go on: begin anew with a fresh media source, but not for ever. */
  #broken(code: number, message: string): void {
    this.#error(code, message)
    const now = performance.now()
    this.#recoveries = this.#recoveries.filter((at) => at > now - RECOVERY_WINDOW_MS)
    if (this.#recoveries.length >= MAX_RECOVERIES || code === 3004) {
      this.#connection.close()
      this.#pipe?.close()
      this.#state = 'error'
      return
    }
    this.#recoveries.push(now)
    this.#connection.open()
  }

  #error(code: number, message: string): void {
    this.errors.push({ at: performance.now(), code, message })
    if (this.errors.length > MAX_KEPT) this.errors.shift()
  }

  #playing(): void {
    // Told late, of a moment before a stall paused it: believed, it would stay paused for ever.
    if (this.#video.paused) return
    this.#reach('playing')
    this.#state = 'playing'
    if (this.#stalledSince !== undefined) {
      this.#counts.stalledFor += performance.now() - this.#stalledSince
      this.#stalledSince = undefined
    }
  }

  #stalled(): void {
    if (this.#startup.playing === null || this.#state !== 'playing') return
    this.#state = 'buffering'
    this.#counts.stalls += 1
    this.#stalledSince = performance.now()
    // With the next frame alone it would stall again at once.
    if (this.#playhead.buffer < this.settings.buffer.start) this.#video.pause()
  }

  /** Starts, keeps the buffer at its goal, and steps over holes. */
  #control(): void {
    if (this.#video.buffered.length === 0) return
    this.#goals.observe(performance.now(), this.#playhead.end)
    if (!this.#positioned && this.#playhead.start(this.#startBuffer)) {
      this.#positioned = true
      this.#play()
    }
    if (this.#positioned && this.#playhead.stepOverHole()) return
    const waits = this.#state === 'buffering' || this.#state === 'loading'
    if (this.#positioned && waits && this.#video.paused) this.#goOn()
    if (this.#video.paused || this.#state !== 'playing') return
    const step = this.#adaption.observe(
      performance.now(),
      this.#playhead.end,
      this.#playhead.buffer,
    )
    if (step !== 0) this.#switchTo(this.#switcher.index + step, step > 0 ? 'down' : 'up')
    const action = this.#latency.decide(this.#playhead.buffer, this.#goals.goals)
    if (action.kind === 'jump') this.#video.currentTime = this.#playhead.end - action.buffer
    else if (this.#video.playbackRate !== action.rate) this.#video.playbackRate = action.rate
  }

  /** After a stall; `target` is not waited for again: the picture stands still meanwhile. */
  #goOn(): void {
    if (this.#playhead.buffer < this.settings.buffer.start) return
    this.#play()
  }

  #play(): void {
    void this.#video.play().catch((error: unknown) => this.#error(1005, String(error)))
  }

  #reach(stage: keyof Startup): void {
    this.#startup[stage] ??= performance.now() - this.#startedAt
  }
}
