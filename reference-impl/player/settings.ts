import { LATENCY_MODES, type LatencyMode } from './latency-mode.ts'

/** Buffer thresholds in seconds; defaults are the vendor's (`tweaks.buffer`). */
export interface BufferGoals {
  /** Below it playback slows down. */
  readonly min: number
  /** Media needed before playback starts. */
  readonly start: number
  /** What latency control aims for. */
  readonly target: number
  /** Above it playback speeds up. */
  readonly limit: number
  /** Above it playback jumps ahead. */
  readonly max: number
}

/** Seconds and counts; defaults are the vendor's (`playback.reconnect`). */
export interface ReconnectSettings {
  readonly minDelay: number
  readonly maxDelay: number
  readonly delaySteps: number
  readonly maxRetries: number
}

export interface PlayerSettings {
  /** WebSocket address, query included. */
  readonly url: string
  readonly stream: string
  readonly buffer: BufferGoals
  readonly reconnect: ReconnectSettings
  readonly latencyMode: LatencyMode
}

export const defaultBuffer: BufferGoals = { min: 0.2, start: 0.5, target: 1.2, limit: 1.7, max: 8 }

export const defaultReconnect: ReconnectSettings = {
  minDelay: 2,
  maxDelay: 10,
  delaySteps: 10,
  maxRetries: 10,
}

/**
 * Settings out of the page's address: `stream` is required, `ws` names another server, and
 * `buffer.min` … `buffer.max`, `reconnect.minDelay` … change the numbers, and
 * `playback.latencyControlMode` the way in which the buffer is held.
 */
export function settingsOf(page: URL, playUrl: string): PlayerSettings {
  const { searchParams } = page
  const stream = searchParams.get('stream') ?? ''
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:'
  const server = searchParams.get('ws') ?? `${scheme}//${page.host}/h5live/stream.mp4`
  const url = new URL(server)
  url.searchParams.set('stream', stream)
  if (!searchParams.has('ws')) url.searchParams.set('url', playUrl)
  url.searchParams.set('cid', randomDigits(6))
  url.searchParams.set('pid', randomDigits(11))
  return {
    url: url.href,
    stream,
    buffer: withNumbers(defaultBuffer, 'buffer', searchParams),
    reconnect: withNumbers(defaultReconnect, 'reconnect', searchParams),
    latencyMode: latencyModeOf(searchParams.get('playback.latencyControlMode')),
  }
}

/** The default is that of the vendor's player, version 5. */
function latencyModeOf(text: string | null): LatencyMode {
  return LATENCY_MODES.find((mode) => mode === text) ?? 'balancedadaptive'
}

function withNumbers<T extends object>(defaults: T, prefix: string, query: URLSearchParams): T {
  const entries = Object.entries(defaults).map(([name, value]) => {
    const given = Number.parseFloat(query.get(`${prefix}.${name}`) ?? '')
    return [name, Number.isFinite(given) && given >= 0 ? given : value]
  })
  return Object.fromEntries(entries) as T
}

function randomDigits(count: number): string {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? 1 + Math.floor(Math.random() * 9) : Math.floor(Math.random() * 10),
  ).join('')
}
