/** What one step of the project's own tests found. */
export interface StepResult {
  readonly passed: number
  readonly failed: number
  /** Skipped, each with its reason; never silent. */
  readonly skipped: readonly string[]
  /** One line for each failure. */
  readonly failures: readonly string[]
}

export interface Step {
  readonly title: string
  run(): Promise<StepResult>
}

/** A step that either passes or fails as a whole. */
export function single(failure: string | null): StepResult {
  return failure === null
    ? { passed: 1, failed: 0, skipped: [], failures: [] }
    : { passed: 0, failed: 1, skipped: [], failures: [failure] }
}
