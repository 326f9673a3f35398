import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from '../errors.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS organisation (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS stream (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    push_url TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    group_of INTEGER REFERENCES stream (number),
    group_index INTEGER NOT NULL DEFAULT 0,
    profile TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS stream_tag (
    stream INTEGER NOT NULL REFERENCES stream (number),
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (stream, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS stream_tag_by_tag ON stream_tag (tag, stream);
`

/** Columns of `stream` that came with version 2. */
const GROUP_COLUMNS = [
  'group_of INTEGER REFERENCES stream (number)',
  'group_index INTEGER NOT NULL DEFAULT 0',
  'profile TEXT',
]
const GROUP_INDEX = 'CREATE INDEX IF NOT EXISTS stream_by_group ON stream (group_of, group_index)'

/** Raised with each change of the schema that older programs cannot read. */
const SCHEMA_VERSION = 2

/**
 * Opens the store of `dataDir` (made when it is missing), or one in memory.
 * `synchronous=FULL` makes every commit reach the disk before it returns: an acknowledged write
 * outlives a SIGKILL and a power cut. The exclusive lock keeps a second process out, which would
 * take the live streams of the first for left over ones.
 * @throws CodedError `LP_DATA_DIR` where the folder cannot be used, `LP_DATA_IN_USE` where another
 *   process has it, `LP_DATA_VERSION` where a newer program wrote it
 */
export function openDatabase(dataDir: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true })
    db = new DatabaseSync(dataDir === ':memory:' ? dataDir : join(dataDir, 'bintu.sqlite'))
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;')
    db.exec('PRAGMA synchronous = FULL;')
    migrate(db, dataDir)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof CodedError) throw error
    const { message, errcode } = error as Error & { errcode?: number }
    const code = errcode === SQLITE_BUSY ? 'LP_DATA_IN_USE' : 'LP_DATA_DIR'
    throw new CodedError(code, `cannot open the data in ${dataDir}: ${message}`, { cause: error })
  }
}

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

function migrate(db: DatabaseSync, dataDir: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > SCHEMA_VERSION) {
    throw new CodedError('LP_DATA_VERSION', `the data in ${dataDir} are of a newer version`)
  }
  db.exec('BEGIN IMMEDIATE')
  db.exec(SCHEMA)
  if (version === 1) for (const column of GROUP_COLUMNS) db.exec(`ALTER TABLE stream ADD ${column}`)
  db.exec(GROUP_INDEX)
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  db.exec('COMMIT')
}
