import { LiveproofError } from '../../errors.ts'

/** A bundle that cannot be trusted or read: exit code 1. */
export class BundleError extends LiveproofError {}
