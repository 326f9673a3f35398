import { EnvironmentError } from '../errors.ts'
import { whyNoNetem } from './kernel/why-no-netem.ts'
import type { LinkBackend } from './link.ts'

export const LINK_BACKENDS: readonly LinkBackend[] = ['proxy', 'netem']

/** Scenarios run in processes of their own; this is how they are told. */
const VARIABLE = 'LIVEPROOF_LINK_BACKEND'

/**
 * What carries the links of scenarios, in this process and those that it starts.
 * @throws EnvironmentError `LP_LINK_KERNEL` where there is no netem
 */
export function chooseLinkBackend(backend: LinkBackend): void {
  const reason = backend === 'netem' ? whyNoNetem() : null
  if (reason) throw new EnvironmentError('LP_LINK_KERNEL', reason)
  process.env[VARIABLE] = backend
}

export function chosenLinkBackend(): LinkBackend {
  return process.env[VARIABLE] === 'netem' ? 'netem' : 'proxy'
}
