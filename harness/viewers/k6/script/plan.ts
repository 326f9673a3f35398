/**
 * What a k6 run is told through its environment, so that the same script serves one machine and a
 * cluster. Every time is in seconds or milliseconds, as its name says.
 */
export interface Plan {
  /** WebSocket address, playlist address or API address, as the format wants it. */
  readonly url: string
  readonly viewers: number
  readonly rampSeconds: number
  readonly holdSeconds: number
  /** Wall clock minus the clock of the frame stamps, ms. */
  readonly clockOffsetMs: number
  /** Key for the API; empty for viewers. */
  readonly apiKey: string
}

export function readPlan(env: Readonly<Record<string, string | undefined>>): Plan {
  return {
    url: text(env, 'LP_URL'),
    viewers: number(env, 'LP_VIEWERS', 1),
    rampSeconds: number(env, 'LP_RAMP_S', 0),
    holdSeconds: number(env, 'LP_HOLD_S', 1),
    clockOffsetMs: number(env, 'LP_CLOCK_OFFSET_MS', Number.NEGATIVE_INFINITY),
    apiKey: env['LP_API_KEY'] ?? '',
  }
}

/** Viewers arrive evenly over the ramp, whatever segment of the run they belong to; ms. */
export function arrivalMs({ viewers, rampSeconds }: Plan, viewer: number): number {
  return ((viewer - 1) / viewers) * rampSeconds * 1000
}

function text(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`the environment variable ${name} is missing`)
  return value
}

function number(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  least: number,
): number {
  const value = Number(text(env, name))
  if (!Number.isFinite(value) || value < least)
    throw new Error(`the environment variable ${name} must be a number from ${least}: ${env[name]}`)
  return value
}
