import type { EnvironmentError } from '../errors.ts'
import type { Evidence, Finding } from './rule.ts'

export const MAX_EVIDENCE = 5

export function holds(expected: string, actual: string, evidence: Evidence[] = []): Finding {
  return { result: 'holds', expected, actual, evidence: evidence.slice(0, MAX_EVIDENCE) }
}

export function broken(expected: string, actual: string, evidence: Evidence[] = []): Finding {
  return { result: 'broken', expected, actual, evidence: evidence.slice(0, MAX_EVIDENCE) }
}

export function info(expected: string, actual: string, evidence: Evidence[] = []): Finding {
  return { result: 'info', expected, actual, evidence: evidence.slice(0, MAX_EVIDENCE) }
}

export function skipped(expected: string, reason: string): Finding {
  return { result: 'skipped', expected, actual: reason }
}

/** Skipped for want of a program on this machine. */
export function lacking(expected: string, { message }: EnvironmentError): Finding {
  return { ...skipped(expected, message), lacking: true }
}

/** `8.00 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

/** `1 frame`, `3 frames` */
export function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`
}
