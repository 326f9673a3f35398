import { faults } from '../../reference-impl/faults/index.ts'
import { listBadProfiles, loadBadProfile } from '../encoders/load-profile.ts'
import type { MutantCard } from './plan.ts'

/** Every bad profile and every fault of the reference. */
export function allMutants(): MutantCard[] {
  return [
    ...listBadProfiles().map((id) => ({
      mutant: { kind: 'profile' as const, id },
      breaks: loadBadProfile(id).breaks,
    })),
    ...faults.map(({ id, breaks }) => ({ mutant: { kind: 'fault' as const, id }, breaks })),
  ]
}
