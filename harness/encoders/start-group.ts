import { UsageError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import type { Encoder, EncoderOptions } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'
import { ANSWER_TIMEOUT_MS } from './limits.ts'
import { loadProfile } from './load-profile.ts'
import type { Profile } from './profile.ts'
import { startEncoder } from './start-encoder.ts'

export interface GroupOptions extends Pick<EncoderOptions, 'signal' | 'tls'> {
  readonly profile: string
  /** One stream for each rendition, the best first. */
  readonly to: readonly EncoderOptions['to'][]
}

/** ms by which the key frames of one rendition are behind those of the one before, unaligned */
const APART_MS = 400

/**
 * Starts a multi-bitrate encoder: all its renditions connect, and begin with the same picture.
 * Where its profile does not align them, their key frames are elsewhere in each.
 * @throws EncoderError as `startEncoder` does; the others are stopped then
 * @throws UsageError `LP_PROFILE_INVALID` where the profile sends no renditions, or not so many
 */
export async function startGroup(options: GroupOptions): Promise<Encoder[]> {
  const { profile: id, to, ...rest } = options
  const profile = loadProfile(id)
  const { renditions = [], aligned = false } = profile.multiBitrate ?? {}
  if (renditions.length === 0 || renditions.length !== to.length) {
    const text = `profile "${id}" sends ${renditions.length} renditions, not ${to.length}`
    throw new UsageError('LP_PROFILE_INVALID', text)
  }
  const together = meeting(to.length)
  const members = renditions.map((rendition, i) =>
    startEncoder({
      ...rest,
      profile: renditionOf(profile, rendition, aligned ? 0 : i * APART_MS),
      to: to[i]!,
      together: together.come,
    }).catch((error: unknown) => {
      together.cancel(error)
      throw error
    }),
  )
  const results = await Promise.allSettled(members)
  const started = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = results.find(({ status }) => status === 'rejected')
  if (!failed) return started
  await Promise.all(started.map((encoder) => encoder.stop()))
  throw (failed as PromiseRejectedResult).reason
}

function renditionOf(
  profile: Profile,
  rendition: { readonly video: string; readonly videoKbps: number },
  lateMs: number,
): Profile {
  const late = (['video', 'audio'] as const).map(
    (track) => ({ kind: 'begin-late', track, by: lateMs }) as const,
  )
  const { media, behaviour } = profile
  return {
    ...profile,
    media: { ...media, ...rendition },
    behaviour: { ...behaviour, misbehaviours: lateMs > 0 ? late : [] },
  }
}

/** Each of `count` who come learns the same time, once the last one is there; or that one is not. */
function meeting(count: number) {
  const all = Promise.withResolvers<number>()
  const deadline = setTimeout(() => {
    const text = `not all renditions were connected within ${ANSWER_TIMEOUT_MS} ms`
    all.reject(new EncoderError('LP_ENCODER_TIMEOUT', text))
  }, ANSWER_TIMEOUT_MS)
  const over = (): void => clearTimeout(deadline)
  all.promise.then(over, over)
  let here = 0
  return {
    come(): Promise<number> {
      here++
      if (here === count) all.resolve(nowMs())
      return all.promise
    },
    cancel: (why: unknown): void => all.reject(why),
  }
}
