import type { IncomingMessage } from 'node:http'
import { MAX_FORM_BYTES } from './limits.ts'

/** Why a form was not read: an HTTP status and a sentence. */
export class FormError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The fields of a posted form. @throws FormError 413, 415, or 400 when it breaks off */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') throw new FormError(415, 'Send a form.')
  if (Number(request.headers['content-length'] ?? 0) > MAX_FORM_BYTES) throw tooLarge()
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > MAX_FORM_BYTES) throw tooLarge()
      parts.push(part)
    }
  } catch (error) {
    throw error instanceof FormError ? error : new FormError(400, 'The form broke off.')
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'))
}

function tooLarge(): FormError {
  return new FormError(413, `A form has at most ${MAX_FORM_BYTES} bytes.`)
}
