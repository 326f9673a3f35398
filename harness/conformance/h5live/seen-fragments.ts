import type { InitTrack } from '../../viewers/init-reader.ts'
import type {
  FragmentEvent,
  InitEvent,
  RecordedTrack,
  ViewerRecord,
} from '../../viewers/viewer-record.ts'
import { isSkip, readMessage } from './texts.ts'

/** A fragment with what it must be read with. */
export interface SeenFragment {
  readonly event: FragmentEvent
  readonly init: InitEvent
  /** It is the first one after `init`. */
  readonly first: boolean
  /** The server said before it that this viewer was moved on. */
  readonly skipped: boolean
  readonly tracks: readonly { readonly track: InitTrack; readonly run: RecordedTrack }[]
}

/** The fragments of a record in order, each with its init segment and the skips told before it. */
export function fragmentsOf(record: ViewerRecord): SeenFragment[] {
  const fragments: SeenFragment[] = []
  let init: InitEvent | null = null
  let first = true
  let skipped = false
  for (const event of record.events) {
    if (event.type === 'text') skipped ||= isSkip(readMessage(event))
    if (event.type === 'init') {
      init = event
      first = true
    }
    if (event.type !== 'fragment' || !init) continue
    const { tracks } = init.init
    fragments.push({
      event,
      init,
      first,
      skipped,
      tracks: event.tracks.flatMap((run) => {
        const track = tracks.find((candidate) => candidate.id === run.trackId)
        return track ? [{ track, run }] : []
      }),
    })
    first = false
    skipped = false
  }
  return fragments
}

/** Says why a record cannot be judged for its media, or null. */
export function noMedia(record: ViewerRecord): string | null {
  if (record.events.some((event) => event.type === 'fragment')) return null
  if (record.truncated) return 'the viewer kept no record'
  const malformed = record.events.find((event) => event.type === 'malformed')
  if (malformed) return `the media could not be read: ${malformed.message}`
  return 'no media arrived'
}
