import type { Clip } from './clip.ts'

/** One frame on its way to the wire; what is wrong with an encoder changes its fields. */
export interface Unit {
  readonly track: 'video' | 'audio'
  /** Number in its track, from 0, over all rounds of the clip. */
  readonly frame: number
  readonly key: boolean
  /** RTMP message body, without stamp. */
  readonly body: Uint8Array
  /** ms since the first frame, as it was recorded */
  readonly mediaMs: number
  /** ms, decode time that goes on the wire */
  readonly dtsMs: number
  /** ms since publishing began, when it is sent */
  readonly sendMs: number
  /** Bytes of filler data to add. */
  readonly fillerBytes: number
  /** A new clip begins with this frame: its metadata and sequence header go first. */
  readonly announces: Clip | null
}

/** Changes a track's frames one by one, in order. */
export type Transform = (units: Iterable<Unit>) => Iterable<Unit>
