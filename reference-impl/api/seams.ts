import type { StreamDirectory } from '../live/stream-directory.ts'
import type { ErrorAnswer } from './error-answer.ts'
import type { StreamQuery } from './store.ts'
import type { StreamObject } from './stream-object.ts'

/** Where API faults are installed. */
export interface ApiSeams {
  /** Whether the caller's key was accepted. */
  authorised(accepted: boolean): boolean
  /** A stream just before it is sent. */
  stream(stream: StreamObject): StreamObject
  /** A stream that was asked for by its id, just before it is sent. */
  get(stream: StreamObject): StreamObject
  /** An error just before it is sent; `cause` is what was thrown. */
  error(answer: ErrorAnswer, cause: unknown): ErrorAnswer
  /** A list request before it is looked up; `newest` is the highest number given to a stream. */
  list(query: StreamQuery, newest: number): StreamQuery
  /** The tags to store, from those stored and those asked for. */
  tags(stored: readonly string[], wanted: readonly string[]): readonly string[]
  /** The live path's view of the streams. */
  directory(directory: StreamDirectory): StreamDirectory
  /** Makes a write durable; the answer follows when this returns. */
  commit(write: () => void): void
}

export function defaultApiSeams(): ApiSeams {
  return {
    authorised: (accepted) => accepted,
    stream: (stream) => stream,
    get: (stream) => stream,
    error: (answer) => answer,
    list: (query) => query,
    tags: (_stored, wanted) => wanted,
    directory: (directory) => directory,
    commit: (write) => write(),
  }
}
