import { z } from 'zod'
import { STREAM_STATES } from '../live/stream-states.ts'
import { MAX_TRANSCODES } from '../processing/limits.ts'
import { parseProfile } from '../processing/profile.ts'
import {
  DEFAULT_QUANTITY,
  MAX_GROUP_MEMBERS,
  MAX_PUSH_URL_LENGTH,
  MAX_QUANTITY,
  MAX_TAG_LENGTH,
  MAX_TAGS,
} from './limits.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get in
const CONTROL = /[\u0000-\u001f\u007f]/

const tag = z
  .string()
  .min(1)
  .max(MAX_TAG_LENGTH)
  .refine((text) => !CONTROL.test(text) && text.isWellFormed(), {
    error: 'text without control characters',
  })

export const tagList = z.array(tag).max(MAX_TAGS)

/** Members of a group; one processing list for each. */
const members = z.array(z.unknown()).max(MAX_GROUP_MEMBERS)

const transcode = z.object({
  profile: z
    .string()
    .max(64)
    .refine((name) => parseProfile(name) !== undefined, {
      error: 'vtrans2-WIDTHxHEIGHTxKBPS[xFPS], even sizes up to 1920x1080',
    })
    .describe('"vtrans2-640x360x400x25"; without the last number the frame rate stays.'),
  tags: tagList.optional(),
})

const transcodes = z
  .array(transcode)
  .max(MAX_TRANSCODES)
  .refine(
    (list) => {
      const rates = list.map(({ profile }) => parseProfile(profile)?.kbps ?? 0)
      return rates.every((kbps, index) => index === 0 || kbps < rates[index - 1]!)
    },
    { error: 'transcodes in descending order of their bitrates' },
  )

export const createBody = z.object({
  type: z.string().max(64).optional().describe('"low-latency", the only type there is.'),
  tags: tagList.optional().describe('Unknown tags are created.'),
  transcodes: transcodes.optional().meta({
    'x-guess': true,
    description:
      'Up to three, with descending bitrates. [GUESS] Refused with 403 where there is no ffmpeg.',
  }),
  group: z.string().max(64).optional().meta({
    'x-guess': true,
    description:
      '[GUESS] Id of a stream that is published in another bitrate: both become one group.',
  }),
  processing: members.optional().meta({
    'x-guess': true,
    description: '[GUESS] Refused with 403 unless empty: processing is not enabled.',
  }),
})

export const tagsBody = z.object({ tags: tagList.describe('Replaces all tags of the stream.') })

export const pushUrlBody = z.object({
  url: z
    .string()
    .max(MAX_PUSH_URL_LENGTH)
    .refine(isRtmpUrl, { error: 'an rtmp:// or rtmps:// URL with a host' })
    .nullable()
    .meta({ 'x-guess': true, description: '[GUESS] null takes the push URL away.' }),
})

export const validateBody = z.object({
  streamname: z.string().max(64).meta({ 'x-guess': true, description: '[GUESS] Name of the key.' }),
})

export const listQuery = z.object({
  quantity: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_QUANTITY)
    .default(DEFAULT_QUANTITY)
    .describe('Streams of one page.'),
  state: z
    .enum(STREAM_STATES)
    .optional()
    .describe('Only this state. Without it all but "deleted".'),
  'tags[]': tagList.default([]).meta({
    'x-guess': true,
    description: '[GUESS] Several tags: streams that carry all of them.',
  }),
  before: z.string().max(64).optional().meta({
    'x-guess': true,
    description:
      '[GUESS] Paging: streams created before the stream with this id, the last of the page before.',
  }),
})

export const suggestQuery = z.object({
  search: z
    .string()
    .max(MAX_TAG_LENGTH)
    .optional()
    .meta({ 'x-guess': true, description: '[GUESS] Beginning of a tag, 3 characters or more.' }),
})

function isRtmpUrl(text: string): boolean {
  if (CONTROL.test(text) || text !== text.trim() || !text.isWellFormed()) return false
  const url = URL.parse(text)
  return url !== null && /^rtmps?:$/.test(url.protocol) && url.hostname !== ''
}
