import { MAX_FPS, MAX_KBPS, MAX_LONG_SIDE, MAX_SHORT_SIDE } from './limits.ts'

/** What a transcode makes of its source. */
export interface TranscodeProfile {
  readonly name: string
  /** Pixels, even. */
  readonly width: number
  readonly height: number
  readonly kbps: number
  /** Frames per second at most; null: as the source. */
  readonly fps: number | null
}

const NAME = /^vtrans2?-(\d{2,4})x(\d{2,4})x(\d{2,5})k?(?:x(\d{1,2}))?$/

/** `vtrans2-WxHxKBPSxFPS` (facts §5), or undefined for what is none or is out of range. */
export function parseProfile(name: string): TranscodeProfile | undefined {
  const match = NAME.exec(name)
  if (match === null) return undefined
  const [width, height, kbps] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const fps = match[4] === undefined ? null : Number(match[4])
  const inRange =
    Math.max(width, height) <= MAX_LONG_SIDE &&
    Math.min(width, height) <= MAX_SHORT_SIDE &&
    kbps <= MAX_KBPS &&
    (fps === null || (fps >= 1 && fps <= MAX_FPS))
  const even = width % 2 === 0 && height % 2 === 0
  return inRange && even ? { name, width, height, kbps, fps } : undefined
}
