import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { randomWord } from './random-word.ts'

const API_KEY_LENGTH = 40

export interface Organisation {
  readonly id: string
  /** First part of every stream name. */
  readonly hash: string
  readonly apiKey: string
}

/** Reads the organisation of this store, and makes it up where the store is new. */
export function openOrganisation(db: DatabaseSync, apiKey?: string): Organisation {
  const insert = db.prepare('INSERT OR IGNORE INTO organisation (key, value) VALUES (?, ?)')
  insert.run('id', randomUUID())
  insert.run('hash', randomWord(5))
  insert.run('apiKey', apiKey ?? randomWord(API_KEY_LENGTH))
  if (apiKey !== undefined) {
    db.prepare("UPDATE organisation SET value = ? WHERE key = 'apiKey'").run(apiKey)
  }
  const select = db.prepare('SELECT value FROM organisation WHERE key = ?')
  const read = (key: string): string => String(select.get(key)?.['value'])
  return { id: read('id'), hash: read('hash'), apiKey: read('apiKey') }
}

/** A number for this start of a process on this store: higher than that of every start before. */
export function nextGeneration(db: DatabaseSync): number {
  const select = db.prepare("SELECT value FROM organisation WHERE key = 'generation'")
  const last = Number(select.get()?.['value'] ?? 0)
  const generation = Math.max(last + 1, Date.now())
  db.prepare("INSERT OR REPLACE INTO organisation (key, value) VALUES ('generation', ?)").run(
    String(generation),
  )
  return generation
}
