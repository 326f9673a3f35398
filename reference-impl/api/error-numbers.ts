interface NumberMeaning {
  readonly meaning: string
  /** The vendor documents no such number; we made it up. */
  readonly guess: boolean
}

/** Every number that stands in an answer's `error.code`. */
export const ERROR_NUMBERS = {
  1000: { meaning: 'The request is not understood.', guess: true },
  1001: { meaning: 'The body is not JSON.', guess: true },
  1002: { meaning: 'A parameter is required.', guess: false },
  1004: { meaning: 'A parameter has the wrong type.', guess: false },
  1005: { meaning: 'There is no such address.', guess: true },
  1006: { meaning: 'The address does not take this method.', guess: true },
  1007: { meaning: 'The body is too large.', guess: true },
  1008: { meaning: 'The body is not application/json.', guess: true },
  2001: { meaning: 'Access denied.', guess: false },
  2002: { meaning: 'The feature is not enabled.', guess: true },
  3001: { meaning: 'There is no such stream.', guess: true },
  3002: { meaning: 'The stream type is not available.', guess: false },
  3003: { meaning: 'The state of the stream does not allow it.', guess: true },
  4002: { meaning: 'The credentials are invalid.', guess: false },
  5000: { meaning: 'Internal error.', guess: true },
} as const satisfies Readonly<Record<number, NumberMeaning>>

export type ErrorNumber = keyof typeof ERROR_NUMBERS

/** All of them, in ascending order. */
export const errorNumbers: readonly { readonly number: number; readonly meaning: NumberMeaning }[] =
  Object.entries(ERROR_NUMBERS).map(([number, meaning]) => ({ number: Number(number), meaning }))
