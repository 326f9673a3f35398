import type { StreamDirectory } from '../live/stream-directory.ts'
import type { StreamStore } from './store.ts'

type CommandListener = Parameters<StreamDirectory['onCommand']>[0]
export type Command = Parameters<CommandListener>[1]

/** The live path's view of the store, and the way for the API to tell it what to end. */
export interface CommandedDirectory {
  readonly directory: StreamDirectory
  /** The new state is already stored. */
  announce(name: string, command: Command): void
}

export function createDirectory(store: StreamStore): CommandedDirectory {
  const listeners: CommandListener[] = []
  return {
    directory: {
      find(name) {
        const stream = store.byName(name)
        if (stream === undefined) return undefined
        const { id, state, profile } = stream
        return { id, name: stream.name, state, transcode: profile !== null }
      },
      group(name) {
        const stream = store.byName(name)
        if (stream === undefined) return undefined
        const members = store.members(stream).filter(({ state }) => state !== 'deleted')
        if (members.length < 2) return undefined
        return {
          id: stream.groupId,
          members: members.map((member) => ({ name: member.name, profile: member.profile })),
        }
      },
      apply(name, event) {
        const stream = store.byName(name)
        return stream !== undefined && store.apply(stream, event)
      },
      onCommand(listener) {
        listeners.push(listener)
      },
    },
    announce(name, command) {
      for (const listener of listeners) listener(name, command)
    },
  }
}
