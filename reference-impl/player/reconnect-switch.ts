import type { Message } from '../delivery/h5live/messages.ts'
import { Connection } from './connection.ts'
import { fragmentStart, isInit } from './fragment-start.ts'
import type { ReconnectSettings } from './settings.ts'

/** s that a key frame must lie ahead of the playhead: what is being shown is not replaced. */
const AHEAD_S = 0.1
/** s by which the old media may end before the new ones begin: a frame. */
const FRAME_S = 0.05
/** s of buffer at which the old connection is not waited for any longer. */
const SPENT_S = 0.3

export interface SwitchHost {
  readonly reconnect: ReconnectSettings
  /** s: the playhead, and where the media end */
  position(): { readonly at: number; readonly end: number }
  /** The new connection is the player's from here on, beginning with these. */
  take(connection: Connection, messages: readonly Message[], media: readonly ArrayBuffer[]): void
  /** It did not come about. */
  failed(code: number): void
  /** What comes after `take`. */
  readonly events: ConstructorParameters<typeof Connection>[2]
}

/**
 * A change to another bitrate by another connection. It brings its cached group of pictures at once,
 * on the same timeline; the first key frame ahead of the playhead is where it takes over.
 */
export function switchByConnection(url: string, host: SwitchHost): Connection {
  const messages: Message[] = []
  let init: ArrayBuffer | undefined
  let held: ArrayBuffer[] = []
  let from: number | undefined
  let taken = false

  const media = (bytes: ArrayBuffer) => {
    if (isInit(bytes)) {
      init = bytes
      return
    }
    const start = fragmentStart(bytes)
    const { at, end } = host.position()
    if (start?.key === true && (from === undefined || from < at + AHEAD_S)) {
      from = start.time > at + AHEAD_S ? start.time : undefined
      held = []
    }
    if (from === undefined || init === undefined) return
    held.push(bytes)
    if (end < from - FRAME_S && end - at > SPENT_S) return
    taken = true
    host.take(connection, messages, [init, ...held])
  }

  const { events } = host
  const connection: Connection = new Connection(url, host.reconnect, {
    connecting: () => taken && events.connecting(),
    connected: () => {},
    text: (message) => (taken ? events.text(message) : messages.push(message)),
    media: (bytes) => (taken ? events.media(bytes) : media(bytes)),
    lost: (code, message, delay) => {
      if (taken) events.lost(code, message, delay)
      else {
        connection.close()
        host.failed(code)
      }
    },
  })
  connection.open()
  return connection
}
