import { type Capabilities, capabilitiesOf, capabilityText } from './capabilities.ts'
import { peers } from './peers/peers.ts'

export interface ListedTarget {
  readonly id: string
  readonly summary: string
  readonly can: Capabilities
  /** null where it cannot be started here. */
  readonly version: string | null
  /** Why it cannot be started here. */
  readonly missing: string | null
}

/** What liveproof can start as a target, installed or not. */
export function listTargets(): ListedTarget[] {
  const own = capabilitiesOf({ kind: 'reference' })
  const reference = 'the implementation that comes with liveproof'
  const theirs = capabilitiesOf({ kind: 'peer' })
  return [
    {
      id: 'reference',
      summary: `${reference}; ${capabilityText(own)}`,
      can: own,
      version: 'its own',
      missing: null,
    },
    ...peers.map((peer) => {
      const missing = peer.missing()
      const version = missing ? null : peer.version()
      const number = version?.match(/\d+(\.\d+)+/)?.[0] ?? version
      const state = missing ? `missing: ${missing}` : `installed, ${number}`
      return {
        id: peer.id,
        summary: `${peer.summary}; ${capabilityText(theirs)}; ${state}`,
        can: theirs,
        version: number ?? null,
        missing,
      }
    }),
  ]
}
