import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { DecisionLog } from './decision-log.ts'
import type { Direction } from './direction.ts'
import { Driver } from './driver.ts'
import type { LinkChange, OpenLinkOptions, Protocol, Way } from './link.ts'
import { LinkModel, type LinkModelOptions } from './link-model.ts'
import { type Step, settingsChangeSchema, stepSchema } from './link-spec.ts'
import type { LoadedLink } from './load-link.ts'

const changeSchema = z.strictObject({
  up: settingsChangeSchema.optional(),
  down: settingsChangeSchema.optional(),
  both: settingsChangeSchema.optional(),
})

/** What every link is, whoever carries its packets: settings that change over time. */
export abstract class ControlledLink {
  readonly id: string
  readonly protocol: Protocol
  readonly seed: number
  protected readonly model: LinkModel
  protected readonly driver: Driver
  readonly #atClose = new Set<() => void>()
  #closing: Promise<void> | null = null

  constructor(
    { seed, protocol }: OpenLinkOptions,
    link: LoadedLink,
    onSettings?: LinkModelOptions['onSettings'],
  ) {
    this.id = link.spec.id
    this.protocol = protocol
    this.seed = seed
    this.model = new LinkModel({ link, seed, protocol, ...(onSettings ? { onSettings } : {}) })
    this.driver = new Driver(this.model.agenda)
  }

  get up(): Direction {
    return this.model.up
  }

  get down(): Direction {
    return this.model.down
  }

  get openedAt(): number {
    return this.driver.openedAt
  }

  set(change: LinkChange): void {
    const { up, down, both } = check(changeSchema, change)
    this.driver.enter((now) => {
      if (up || both) this.up.set(now, defined({ ...both, ...up }))
      if (down || both) this.down.set(now, defined({ ...both, ...down }))
    })
  }

  blackout(ms: number, way: Way = 'both'): Promise<void> {
    if (!(ms >= 0)) throw new UsageError('LP_LINK_INVALID', `a blackout of ${ms} ms`)
    this.set({ [way]: { blackout: true } })
    return new Promise((resolve) => {
      this.#atClose.add(resolve)
      const over = () => {
        for (const direction of this.#directions(way)) direction.set(at, { blackout: false })
        this.#atClose.delete(resolve)
        resolve()
      }
      const at = this.driver.now() + ms
      this.model.agenda.add(at, { run: over })
    })
  }

  schedule(steps: readonly Step[], options: { way?: Way; loopMs?: number } = {}): void {
    const checked = check(z.array(stepSchema), steps)
    this.driver.enter((now) => {
      for (const direction of this.#directions(options.way ?? 'both'))
        direction.schedule(now, checked, options.loopMs ?? null)
    })
  }

  log(): { readonly up: DecisionLog; readonly down: DecisionLog } {
    return { up: this.up.log, down: this.down.log }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Closes what packets go through. */
  protected abstract closeDoors(): Promise<void>

  async #close(): Promise<void> {
    await this.closeDoors()
    this.driver.stop()
    for (const resolve of this.#atClose) resolve()
  }

  #directions(way: Way) {
    return way === 'both' ? [this.up, this.down] : [this[way]]
  }
}

function check<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new UsageError('LP_LINK_INVALID', issues.join('; '))
}

/** Leaves out what is undefined, so that it does not wipe out what holds. */
function defined<T extends object>(change: T): T {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T
}
