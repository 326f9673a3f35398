import type { Fault } from './fault.ts'

export const rtmpFaults: readonly Fault[] = []
