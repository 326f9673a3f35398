import { LiveproofError } from '../errors.ts'

/**
 * Why an encoder could not publish: `LP_ENCODER_CONNECT` (no connection, or it was lost before
 * Publish.Start), `LP_ENCODER_TIMEOUT`, `LP_ENCODER_REFUSED` (the target said no).
 */
export class EncoderError extends LiveproofError {
  /** What the target answered, such as `NetStream.Publish.BadName`. */
  readonly status: string | null

  constructor(code: string, message: string, status: string | null = null, options?: ErrorOptions) {
    super(code, message, options)
    this.status = status
  }
}
