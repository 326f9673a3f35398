import type { Player } from './player.ts'
import type { PlayerStats, Startup } from './player-stats.ts'

const REFRESH_MS = 250

const STATES: Readonly<Record<PlayerStats['state'], string>> = {
  connecting: 'Connecting',
  loading: 'Loading',
  playing: 'Live',
  buffering: 'Buffering',
  paused: 'Paused',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
  error: 'Error',
}

const STAGES: readonly (readonly [keyof Startup, string])[] = [
  ['connected', 'connected'],
  ['serverInfo', 'server info'],
  ['streamInfo', 'stream info'],
  ['firstFragment', 'first fragment'],
  ['firstFrame', 'first frame'],
  ['playing', 'playing'],
]

/** The page around the video: what the player says, four times a second. */
export class Page {
  readonly #document: Document

  constructor(document: Document) {
    this.#document = document
  }

  get video(): HTMLVideoElement {
    return this.#find('video') as HTMLVideoElement
  }

  askForStream(): void {
    this.#document.body.dataset['state'] = 'empty'
  }

  /** There is nothing to play. `code`: the vendor's */
  fail(code: number, message: string): void {
    this.#document.body.dataset['state'] = 'error'
    this.#put('state', STATES.error)
    const box = this.#find('#error')
    box.hidden = false
    box.textContent = `${code} · ${message}`
  }

  show(player: Player): void {
    const mute = this.#find('#mute') as HTMLButtonElement
    mute.addEventListener('click', () => {
      this.video.muted = !this.video.muted
      mute.textContent = this.video.muted ? 'Unmute' : 'Mute'
    })
    const refresh = () => this.#refresh(player)
    window.setInterval(refresh, REFRESH_MS)
    refresh()
  }

  #refresh(player: Player): void {
    const { stats } = player
    this.#put('stream', player.entry.stream)
    this.#document.body.dataset['state'] = stats.state
    this.#put('state', STATES[stats.state])
    this.#put('buffer', `${stats.buffer.toFixed(2)} s`)
    this.#put('rate', `${stats.playbackRate.toFixed(2)}×`)
    this.#put('bitrate', `${(stats.bitrate / 1e6).toFixed(2)} Mbit/s`)
    this.#put('frames', `${stats.frameRate} fps`)
    this.#put('dropped', `${stats.dropped} of ${stats.presented + stats.dropped}`)
    this.#put('stalls', `${stats.stalls} (${(stats.stalledFor / 1000).toFixed(1)} s)`)
    this.#put('discontinuities', String(stats.discontinuities))
    this.#put('reconnects', String(stats.reconnects))
    this.#put('media', describe(player))
    this.#startup(stats.startup)
    this.#error(player)
  }

  #startup(startup: Startup): void {
    const total = Math.max(1, ...STAGES.map(([stage]) => startup[stage] ?? 0))
    for (const [stage, label] of STAGES) {
      const row = this.#find(`#stage-${stage}`)
      const at = startup[stage]
      row.style.setProperty('--at', String((at ?? 0) / total))
      row.textContent = `${label} ${at === null ? '–' : `${at.toFixed(0)} ms`}`
    }
  }

  #error(player: Player): void {
    const error = player.errors.at(-1)
    const box = this.#find('#error')
    const past = player.state === 'playing' || error === undefined
    box.hidden = past
    if (!past) box.textContent = `${error.code} · ${error.message}`
  }

  #put(id: string, text: string): void {
    const element = this.#find(`#${id}`)
    if (element.textContent !== text) element.textContent = text
  }

  #find(selector: string): HTMLElement {
    const element = this.#document.querySelector<HTMLElement>(selector)
    if (element === null) throw new TypeError(`the page lacks ${selector}`)
    return element
  }
}

function describe(player: Player): string {
  const info = player.streamInfo
  if (info === undefined) return '–'
  const { videoInfo, audioInfo } = info
  const video = videoInfo === null ? 'no video' : `${videoInfo.width}×${videoInfo.height}`
  const audio = audioInfo === null ? 'no audio' : `${audioInfo.sampleRate / 1000} kHz`
  return `${video} · ${audio} · ${info.codecs}`
}
