import type { StreamDirectory, StreamEntry, StreamGroup, StreamState } from '../stream-directory.ts'

type Command = 'stop' | 'lock' | 'delete'

/** A directory in memory, for tests of the live path alone. */
export class MemoryDirectory implements StreamDirectory {
  readonly #states = new Map<string, StreamState>()
  readonly #listeners: ((name: string, command: Command) => void)[] = []

  /** Names that are one group. */
  readonly groups: string[][] = []

  group(name: string): StreamGroup | undefined {
    const names = this.groups.find((one) => one.includes(name))
    if (names === undefined) return undefined
    return { id: names[0] ?? '', members: names.map((member) => ({ name: member, profile: null })) }
  }

  add(name: string, state: StreamState = 'created'): void {
    this.#states.set(name, state)
  }

  find(name: string): StreamEntry | undefined {
    const state = this.#states.get(name)
    return state === undefined ? undefined : { id: `id of ${name}`, name, state }
  }

  apply(name: string, event: 'publish' | 'unpublish'): boolean {
    const state = this.#states.get(name)
    const legal = event === 'publish' ? state === 'created' || state === 'ended' : state === 'live'
    if (legal) this.#states.set(name, event === 'publish' ? 'live' : 'ended')
    return legal
  }

  onCommand(listener: (name: string, command: Command) => void): void {
    this.#listeners.push(listener)
  }

  command(name: string, command: Command): void {
    this.#states.set(name, ({ stop: 'ended', lock: 'locked', delete: 'deleted' } as const)[command])
    for (const listener of this.#listeners) listener(name, command)
  }
}
