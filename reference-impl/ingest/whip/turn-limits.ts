/** Limits of the embedded TURN server. */
export interface TurnLimits {
  /** Clients with a relayed address at a time. */
  readonly maxAllocations: number
  /** Peers that a client may reach. */
  readonly maxPermissions: number
  /** s that an allocation lives unless it is refreshed. */
  readonly defaultLifetime: number
  /** s that a client may ask for at most. */
  readonly maxLifetime: number
}

export const DEFAULT_TURN_LIMITS: TurnLimits = {
  maxAllocations: 64,
  maxPermissions: 32,
  defaultLifetime: 600,
  maxLifetime: 3_600,
}
