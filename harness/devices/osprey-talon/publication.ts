import { isIP } from 'node:net'
import { loadProfile } from '../../encoders/load-profile.ts'
import type { Profile } from '../../encoders/profile.ts'
import { parseRtmpUrl } from '../../encoders/rtmp-connection.ts'
import { type Cloud, maySendTo } from './cloud.ts'
import { MAX_FIELD_LENGTH } from './limits.ts'
import { ENCODINGS, type Field, PROTOCOLS, type Settings } from './settings.ts'

/** Where the encoder publishes, and as what. */
export interface Publication {
  readonly protocol: string
  readonly url: string
  readonly streamName: string
  readonly profile: Profile
  readonly ca?: string
}

/** What is wrong with a form, field by field. */
export type Problems = Partial<Record<Field, string>>

const talon = loadProfile('osprey-talon')

const MAX_PORT = 65_535
const NO_URL = 'This is no URL, such as rtmp://host/live.'
/** One label of a host name, or several. */
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i

/** What the settings mean, or what is wrong with them. */
export function publicationOf(
  settings: Settings,
  cloud: Cloud,
): { publication: Publication } | { problems: Problems } {
  const problems: Problems = {}
  for (const [field, value] of Object.entries(settings) as [Field, string][]) {
    if (value.length > MAX_FIELD_LENGTH) {
      problems[field] = `At most ${MAX_FIELD_LENGTH} characters.`
      // Control characters and spaces would break the address that they stand in.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    } else if (field !== 'protocol' && /[\s\u0000-\u001f\u007f]/.test(value)) {
      problems[field] = 'Spaces and control characters are not allowed here.'
    }
  }
  if (Object.keys(problems).length > 0) return { problems }
  const encoding = ENCODINGS.find(({ clip }) => clip === settings.encoding)
  if (!encoding) return { problems: { encoding: 'Choose one of the list.' } }
  const profile = { ...talon, media: { ...talon.media, video: encoding.clip } }
  const [rtmpPreset, rtmp, srt, whip] = PROTOCOLS
  switch (settings.protocol) {
    case rtmpPreset:
    case rtmp:
      return rtmpPublication(settings, cloud, profile)
    case srt:
      return srtPublication(settings, cloud, profile)
    case whip:
      return whipPublication(settings, cloud, profile)
    default:
      return { problems: { protocol: 'Choose one of the list.' } }
  }
}

type Answer = ReturnType<typeof publicationOf>

function rtmpPublication(settings: Settings, cloud: Cloud, profile: Profile): Answer {
  const { protocol, destinationUrl, streamKey } = settings
  const problems: Problems = {}
  const wrong = rtmpProblem(destinationUrl, cloud)
  if (wrong) problems.destinationUrl = wrong
  if (streamKey === '') problems.streamKey = 'Enter the stream key: the stream name XXXXX-YYYYY.'
  if (Object.keys(problems).length > 0) return { problems }
  const url = destinationUrl.replace(/^rtmps?/i, (scheme) => scheme.toLowerCase())
  const ca = cloud.ca === undefined ? {} : { ca: cloud.ca }
  return {
    publication: { protocol, url: url.replace(/\/+$/, ''), streamName: streamKey, profile, ...ca },
  }
}

function rtmpProblem(text: string, cloud: Cloud): string | null {
  if (!/^rtmps?:\/\//i.test(text)) return 'The URL begins with rtmp:// or rtmps://.'
  const url = URL.parse(text)
  if (!url?.hostname) return NO_URL
  if (url.username || url.password) return 'User and password do not belong into the URL.'
  if (url.port === '0') return 'The port lies between 1 and 65535.'
  if (url.pathname.replaceAll('/', '') === '')
    return 'The URL lacks its application, such as /live.'
  const host = encoderHost(text)
  return host === null ? NO_URL : hostProblem(host, cloud)
}

/** The encoder reads the address in its own way: what it connects to is what must be allowed. */
function encoderHost(text: string): string | null {
  try {
    return parseRtmpUrl(text.toLowerCase()).host
  } catch {
    return null
  }
}

function srtPublication(settings: Settings, cloud: Cloud, profile: Profile): Answer {
  const { protocol, srtMode, destinationAddress: host, port, streamId } = settings
  const problems: Problems = {}
  if (srtMode !== 'Caller') {
    problems.srtMode = 'The virtual device only calls: nanoStream Cloud is the listener.'
  }
  const bare = host.replace(/^\[|\]$/g, '')
  const isHost = isIP(bare) !== 0 || HOST.test(bare)
  const wrong = isHost ? hostProblem(bare, cloud) : 'This is no host name and no IP address.'
  if (wrong) problems.destinationAddress = wrong
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  if (number < 1 || number > MAX_PORT) problems.port = 'The port lies between 1 and 65535.'
  if (Object.keys(problems).length > 0 || !profile.srt) return { problems }
  const url = `srt://${isIP(bare) === 6 ? `[${bare}]` : bare}:${number}`
  const { form, name } = streamIdForm(streamId)
  const called = { ...profile, srt: { ...profile.srt, streamId: form } }
  return { publication: { protocol, url, streamName: name, profile: called } }
}

/** The stream's name in a stream id, so that its pictures are stamped with that. */
function streamIdForm(text: string): { form: 'push' | 'plain' | 'access-control'; name: string } {
  const push = /^push:([^:]*)$/.exec(text)?.[1]
  if (push) return { form: 'push', name: push }
  const resource = /^#!::m=publish,r=([^,]*)$/.exec(text)?.[1]
  if (resource) return { form: 'access-control', name: resource }
  return { form: 'plain', name: text }
}

function whipPublication(settings: Settings, cloud: Cloud, profile: Profile): Answer {
  const { protocol, streamKey } = settings
  if (cloud.whip === null) {
    return { problems: { protocol: 'This device was started without a WHIP endpoint.' } }
  }
  if (streamKey === '') {
    return { problems: { streamKey: 'Enter the stream key: the stream name XXXXX-YYYYY.' } }
  }
  const url = cloud.whip.replace('{key}', encodeURIComponent(streamKey))
  return { publication: { protocol, url, streamName: streamKey, profile } }
}

function hostProblem(host: string, cloud: Cloud): string | null {
  if (maySendTo(cloud, host)) return null
  return 'The virtual device sends to this machine only; --allow HOST permits others.'
}
