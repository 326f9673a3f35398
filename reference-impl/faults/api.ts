import type { Fault } from './fault.ts'

export const apiFaults: readonly Fault[] = []
