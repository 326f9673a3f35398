import { ADAPTION_RULES, type AdaptionRule } from './adaption.ts'
import { LATENCY_MODES, type LatencyMode } from './latency-mode.ts'
import { type Entry, type PlayerRouter, START_QUALITIES, type StartQuality } from './source.ts'

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
  /** The streams that the page's address names, the best bitrate first. */
  readonly entries: readonly Entry[]
  readonly buffer: BufferGoals
  readonly reconnect: ReconnectSettings
  readonly latencyMode: LatencyMode
  /** A group to ask the API for; null for the one stream. */
  readonly group: { readonly api: string; readonly id: string } | null
  /** Null where the page's address names the server. */
  readonly router: PlayerRouter | null
  readonly start: { readonly index?: number; readonly quality?: StartQuality }
  readonly adaption: AdaptionRule
  /** `server`: on the connection; `client`: by another one. */
  readonly switchMethod: 'server' | 'client'
}

const MAX_ENTRIES = 5

export const defaultBuffer: BufferGoals = { min: 0.2, start: 0.5, target: 1.2, limit: 1.7, max: 8 }

export const defaultReconnect: ReconnectSettings = {
  minDelay: 2,
  maxDelay: 10,
  delaySteps: 10,
  maxRetries: 10,
}

/**
 * Settings out of the page's address: `stream`, or `entry.rtmp.streamname`, `entry2.rtmp.streamname`
 * … for several bitrates, is required; `ws` names another server, and
 * `buffer.min` … `buffer.max`, `reconnect.minDelay` … change the numbers, and
 * `playback.latencyControlMode` the way in which the buffer is held. `group.id` plays every bitrate
 * of a group, with `startIndex` or `group.startQuality`, `options.adaption.rule` and
 * `options.switch.method`.
 * @param nearest server that the page's own names for this client; empty: the page's own
 */
export function settingsOf(page: URL, playUrl: string, apiUrl = '', nearest = ''): PlayerSettings {
  const { searchParams } = page
  const named = namedEntries(searchParams)
  const streams = named.length > 0 ? named : [searchParams.get('stream') ?? '']
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:'
  const home = `${scheme}//${page.host}/h5live/stream.mp4`
  const server = searchParams.get('ws') ?? (nearest === '' ? home : nearest)
  const addressOf = (stream: string) => {
    const url = new URL(server)
    url.searchParams.set('stream', stream)
    if (!searchParams.has('ws')) url.searchParams.set('url', playUrl)
    return withIds(url)
  }
  return {
    entries: streams.map((stream, index) => ({ index, stream, url: addressOf(stream) })),
    buffer: withNumbers(defaultBuffer, 'buffer', searchParams),
    reconnect: withNumbers(defaultReconnect, 'reconnect', searchParams),
    latencyMode: latencyModeOf(searchParams.get('playback.latencyControlMode')),
    group: groupOf(searchParams, apiUrl),
    router: searchParams.has('ws') ? null : { url: `${page.origin}/h5live/server`, home },
    start: startOf(searchParams),
    adaption:
      oneOf(ADAPTION_RULES, searchParams.get('options.adaption.rule')) ?? 'deviationOfMean2',
    switchMethod: searchParams.get('options.switch.method') === 'client' ? 'client' : 'server',
  }
}

/** `entry.rtmp.streamname`, `entry2.rtmp.streamname` …: bitrates, the best first. */
function namedEntries(query: URLSearchParams): string[] {
  const keys = ['entry', ...Array.from({ length: MAX_ENTRIES - 1 }, (_, at) => `entry${at + 2}`)]
  return keys.map((key) => query.get(`${key}.rtmp.streamname`) ?? '').filter((name) => name !== '')
}

/** The vendor's names of these parameters, as its embeddable page has them. */
function groupOf(query: URLSearchParams, apiUrl: string): PlayerSettings['group'] {
  const id = query.get('group.id')
  const api = query.get('group.apiurl') ?? apiUrl
  return id === null || id === '' || api === '' ? null : { id, api }
}

function startOf(query: URLSearchParams): PlayerSettings['start'] {
  const index = Number.parseInt(query.get('startIndex') ?? '', 10)
  const quality = oneOf(START_QUALITIES, query.get('group.startQuality'))
  return { ...(index >= 0 ? { index } : {}), ...(quality === undefined ? {} : { quality }) }
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text)
}

/** The ids that a player adds to every address. */
export function withIds(url: URL): string {
  url.searchParams.set('cid', randomDigits(6))
  url.searchParams.set('pid', randomDigits(11))
  return url.href
}

/** The default is that of the vendor's player, version 5. */
function latencyModeOf(text: string | null): LatencyMode {
  return oneOf(LATENCY_MODES, text) ?? 'balancedadaptive'
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
