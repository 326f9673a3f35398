import type { DeliveryLimits } from './limits.ts'
import type { StreamLookup } from './stream-request.ts'

/** What every endpoint of the delivery server works with. */
export interface DeliveryContext extends StreamLookup {
  readonly limits: DeliveryLimits
  /** How many viewers there are now, over all endpoints. */
  readonly viewers: () => number
}
