import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers for some paths of the delivery server. Never throws for what a request holds. */
export interface HttpEndpoint {
  serves(path: string): boolean
  handle(request: IncomingMessage, response: ServerResponse, url: URL): void
  /** Ends what waits. */
  close(): void
}
