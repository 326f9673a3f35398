import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { PushControl } from '../delivery/rtmp/push/push-status.ts'
import type { StreamDirectory } from '../live/stream-directory.ts'
import { createApp } from './app.ts'
import { openDatabase } from './database.ts'
import { createDirectory } from './directory.ts'
import { MAX_CONNECTIONS, REQUEST_TIMEOUT_MS } from './limits.ts'
import { nextGeneration, openOrganisation } from './organisation.ts'
import type { ApiContext } from './route.ts'
import { type ApiSeams, defaultApiSeams } from './seams.ts'
import { StreamStore } from './store.ts'
import type { StreamAddresses } from './stream-object.ts'

export interface ApiOptions {
  readonly host: string
  /** 0 lets the system choose one. */
  readonly port: number
  /** A folder, made when it is missing, or `:memory:`. */
  readonly dataDir: string
  /** Replaces the stored key. Without it the store's own is used, made up where there is none. */
  readonly apiKey?: string
  /** Asked for each answer, so that it may be known later than the API listens. */
  readonly addresses: (client: string) => StreamAddresses
  /** Restreaming. */
  readonly push?: PushControl
  /** Whether streams may have transcodes; false unless told otherwise. */
  readonly transcoding?: boolean
  /** ms for a whole request to arrive, 10,000 unless told otherwise */
  readonly requestTimeoutMs?: number
  readonly seams?: { readonly api: ApiSeams }
  /** Routes that others serve here. They demand the key unless `config.public` is set. */
  readonly extraRoutes?: (app: FastifyInstance) => void
}

export interface Api {
  readonly port: number
  readonly apiKey: string
  /** Higher at each start on the same data; ms since 1970 where that is possible. */
  readonly generation: number
  readonly directory: StreamDirectory
  /** Where a stream is to be pushed on to, or null. */
  readonly pushUrlOf: (name: string) => string | null
  close(): Promise<void>
}

/**
 * Starts the bintu API: store first, so that nothing is answered that is not durable.
 * @throws CodedError `LP_DATA_…` where the store cannot be opened
 */
export async function startApi(options: ApiOptions): Promise<Api> {
  const seams = options.seams?.api ?? defaultApiSeams()
  const db = openDatabase(options.dataDir)
  try {
    const organisation = openOrganisation(db, options.apiKey)
    const store = new StreamStore(db, organisation.hash, seams)
    store.endAllLive()
    const { directory, announce } = createDirectory(store)
    const { addresses, push, transcoding = false } = options
    const base = { store, organisation, seams, addresses, push, announce }
    const context: ApiContext = { ...base, transcoding }
    const app = createApp(context, options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS)
    options.extraRoutes?.(app)
    await app.listen({ host: options.host, port: options.port })
    app.server.maxConnections = MAX_CONNECTIONS
    return {
      port: (app.server.address() as AddressInfo).port,
      apiKey: organisation.apiKey,
      generation: nextGeneration(db),
      directory: seams.directory(directory),
      pushUrlOf: (name) => store.byName(name)?.pushUrl ?? null,
      async close() {
        await app.close()
        if (db.isOpen) db.close()
      },
    }
  } catch (error) {
    db.close()
    throw error
  }
}
