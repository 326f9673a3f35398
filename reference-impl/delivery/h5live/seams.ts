/** Where H5Live and progressive faults are installed. */
export type H5LiveSeams = Record<never, never>

export function defaultH5LiveSeams(): H5LiveSeams {
  return {}
}
