import type { Fault } from './fault.ts'

export const h5liveFaults: readonly Fault[] = []
