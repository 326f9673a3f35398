/**
 * What a k6 run is told through its environment, so that the same script serves one machine and a
 * cluster. Every time is in seconds or milliseconds, as its name says.
 */
export interface Plan {
  /** WebSocket, playlist or API addresses, as the format wants them: each viewer takes the next. */
  readonly urls: readonly string[]
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
    urls: text(env, 'LOAD_URL').split(' '),
    viewers: number(env, 'LOAD_VIEWERS', 1),
    rampSeconds: number(env, 'LOAD_RAMP_S', 0),
    holdSeconds: number(env, 'LOAD_HOLD_S', 1),
    clockOffsetMs: number(env, 'LOAD_CLOCK_OFFSET_MS', Number.NEGATIVE_INFINITY),
    apiKey: env['LOAD_API_KEY'] ?? '',
  }
}

/** Who comes, and when the run began by the wall clock. */
export interface Arrival {
  /** From 1, through all segments of the run. */
  readonly viewer: number
  readonly startMs: number
}

/**
 * Wall clock at which a viewer is due, at which all are there, and at which the run ends, ms.
 * Viewers arrive evenly over the ramp, whatever segment of the run they belong to.
 */
export function deadlines(
  { viewers, rampSeconds, holdSeconds }: Plan,
  { viewer, startMs }: Arrival,
): { dueMs: number; holdMs: number; endMs: number } {
  const holdMs = startMs + rampSeconds * 1000
  return {
    dueMs: startMs + ((viewer - 1) / viewers) * rampSeconds * 1000,
    holdMs,
    endMs: holdMs + holdSeconds * 1000,
  }
}

export function urlFor({ urls }: Plan, { viewer }: Arrival): string {
  return urls[(viewer - 1) % urls.length]!
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
