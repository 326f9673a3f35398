import type { Route } from './route.ts'
import { lockStream, stopStream, unlockStream } from './routes/command-stream.ts'
import { createStream } from './routes/create-stream.ts'
import { deleteStream } from './routes/delete-stream.ts'
import { getGroup } from './routes/get-group.ts'
import { getOrganisation } from './routes/get-organisation.ts'
import { getStream } from './routes/get-stream.ts'
import { listStreams } from './routes/list-streams.ts'
import { setPushUrl } from './routes/set-push-url.ts'
import { setTags } from './routes/set-tags.ts'
import { suggestTags } from './routes/suggest-tags.ts'
import { validateName } from './routes/validate-name.ts'

/** Every operation of the bintu API, in the order of the OpenAPI document. */
export const routes: readonly Route[] = [
  createStream,
  listStreams,
  getStream,
  getGroup,
  setTags,
  setPushUrl,
  stopStream,
  lockStream,
  unlockStream,
  deleteStream,
  validateName,
  suggestTags,
  getOrganisation,
]
