/** An error with a stable code (`LP_…`); `docs/errors.md` lists the codes. */
export class LiveproofError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The caller or the configuration is wrong: exit code 2. */
export class UsageError extends LiveproofError {}

/** The machine lacks something, or the harness cannot vouch for a measurement: exit code 3. */
export class EnvironmentError extends LiveproofError {}

/** The target answered something that it must not, or not at all. */
export class TargetError extends LiveproofError {}
