import type { Driver } from './driver.ts'
import type { LinkModel } from './link-model.ts'
import type { Punctuality } from './punctuality.ts'

export interface HostPort {
  readonly host: string
  readonly port: number
}

export interface ProxyOptions {
  readonly model: LinkModel
  readonly driver: Driver
  readonly punctuality: Punctuality
  /** Port 0 for any that is free. */
  readonly listen: HostPort
  readonly to: HostPort
}

/** Sockets on both sides of a link. */
export interface LinkProxy {
  readonly address: HostPort
  close(): Promise<void>
}
