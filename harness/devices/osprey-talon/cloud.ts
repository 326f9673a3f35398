import { isIP } from 'node:net'

/** What the device's presets named "nanocosmos" mean, and where it may send at all. */
export interface Cloud {
  /** `rtmp://host:port/live` */
  readonly rtmp: string
  /** Address of a WHIP endpoint, with `{key}` for the stream key; null where there is none. */
  readonly whip: string | null
  /** Where an SRT caller goes by default; null where there is none. */
  readonly srt: { readonly host: string; readonly port: number } | null
  /** PEM of the authority that signed the cloud's certificates. */
  readonly ca?: string
  /** Hosts that it may send to besides this machine and the ones above. */
  readonly allow: readonly string[]
}

/** Whether the device may send there: to this machine, or to what its user named. */
export function maySendTo(cloud: Cloud, host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name === '::1') return true
  if (isIP(name) === 4 && name.startsWith('127.')) return true
  const named = [hostOf(cloud.rtmp), cloud.whip && hostOf(cloud.whip), cloud.srt?.host]
  return [...named, ...cloud.allow].some((one) => one?.toLowerCase() === name)
}

function hostOf(url: string): string {
  return new URL(url.replace('{key}', 'key')).hostname.replace(/^\[|\]$/g, '')
}
