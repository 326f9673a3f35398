import { MAX_STREAM_NAME_LENGTH } from './limits.ts'

/** `XXXXX-YYYYY`: organisation and stream, case-sensitive. */
const STREAM_NAME = /^[A-Za-z0-9_]{5}-[A-Za-z0-9_]{5}$/

export function isStreamName(name: string): boolean {
  return name.length <= MAX_STREAM_NAME_LENGTH && STREAM_NAME.test(name)
}
