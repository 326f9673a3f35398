/**
 * An error of the reference with a stable code; `docs/errors.md` lists the codes.
 * Bad input is always one of these, so that it can be told apart from our own bugs.
 */
export class CodedError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** Bytes from the network that break their format, or go past a limit. */
export class WireError extends CodedError {}
