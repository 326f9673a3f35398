import type { LocationAddresses } from './location.ts'

/** The one line that `liveproof edge --json` prints once the origin knows the edge. */
export interface EdgeReady {
  readonly schema: 'liveproof/edge@1'
  readonly pid: number
  readonly id: string
  readonly region: string
  readonly addresses: LocationAddresses
}
