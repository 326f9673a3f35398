import { randomUUID } from 'node:crypto'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { StreamEvent, StreamState } from '../live/stream-directory.ts'
import { nextState, STREAM_STATES } from '../live/stream-states.ts'
import { randomWord } from './random-word.ts'
import type { ApiSeams } from './seams.ts'

export interface StoredStream {
  /** Order of creation; a later stream has a higher number. */
  readonly number: number
  readonly id: string
  readonly name: string
  readonly state: StreamState
  readonly tags: readonly string[]
  readonly pushUrl: string | null
  /** Number and id of its group's first member: itself, unless it is a later one. */
  readonly groupNumber: number
  readonly groupId: string
  /** Place in the group; 0 is the passthrough. */
  readonly index: number
  /** Of a transcode; null for what an encoder publishes. */
  readonly profile: string | null
  /** ISO 8601, ms, Z */
  readonly createdAt: string
  readonly updatedAt: string
}

export interface NewTranscode {
  readonly profile: string
  readonly tags: readonly string[]
}

export interface StreamQuery {
  readonly states: readonly StreamState[]
  /** Only streams that carry all of these. */
  readonly tags: readonly string[]
  /** Only streams created before the one with this number. */
  readonly before: number
  readonly quantity: number
}

const COLUMNS = `number, id, name, state, push_url, created_at, updated_at, group_index, profile,
  coalesce(group_of, number) AS group_number,
  (SELECT id FROM stream AS head WHERE head.number = coalesce(stream.group_of, stream.number)) AS group_id,
  (SELECT json_group_array(tag ORDER BY position) FROM stream_tag WHERE stream = number) AS tags`

const LIST = `SELECT ${COLUMNS} FROM stream
  WHERE number < :before AND (profile IS NULL OR :transcodes)
    AND state IN (SELECT value FROM json_each(:states))
    AND (:tagCount = 0 OR :tagCount = (
      SELECT count(DISTINCT tag) FROM stream_tag
      WHERE stream = number AND tag IN (SELECT value FROM json_each(:tags))))
  ORDER BY number DESC LIMIT :quantity`

const SUGGEST = `SELECT DISTINCT tag FROM stream_tag
  JOIN stream ON stream.number = stream_tag.stream
  WHERE state <> 'deleted' AND lower(substr(tag, 1, length(:prefix))) = lower(:prefix)
  ORDER BY tag LIMIT :limit`

/** The streams of one organisation. Every method returns after its write is committed. */
export class StreamStore {
  readonly #db: DatabaseSync
  readonly #seams: Pick<ApiSeams, 'commit'>
  readonly #organisation: string
  readonly #statements
  #synchronous = 'FULL'

  constructor(db: DatabaseSync, organisation: string, seams: Pick<ApiSeams, 'commit'>) {
    this.#db = db
    this.#organisation = organisation
    this.#seams = seams
    this.#statements = {
      byId: db.prepare(`SELECT ${COLUMNS} FROM stream WHERE id = ?`),
      byName: db.prepare(`SELECT ${COLUMNS} FROM stream WHERE name = ?`),
      list: db.prepare(LIST),
      suggest: db.prepare(SUGGEST),
      newest: db.prepare('SELECT max(number) AS newest FROM stream'),
      insert: db.prepare(
        `INSERT INTO stream (id, name, state, created_at, updated_at, group_of, group_index, profile)
         VALUES (?, ?, 'created', ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
      ),
      members: db.prepare(
        `SELECT ${COLUMNS} FROM stream WHERE number = :head OR group_of = :head ORDER BY group_index`,
      ),
      setState: db.prepare('UPDATE stream SET state = ?, updated_at = ? WHERE number = ?'),
      setPushUrl: db.prepare('UPDATE stream SET push_url = ?, updated_at = ? WHERE number = ?'),
      touch: db.prepare('UPDATE stream SET updated_at = ? WHERE number = ?'),
      clearTags: db.prepare('DELETE FROM stream_tag WHERE stream = ?'),
      addTag: db.prepare('INSERT INTO stream_tag (stream, position, tag) VALUES (?, ?, ?)'),
    }
  }

  /** A stream and its transcodes. `group`: a stream whose group it joins. */
  create(
    tags: readonly string[],
    transcodes: readonly NewTranscode[] = [],
    group?: StoredStream,
  ): StoredStream {
    const id = randomUUID()
    this.#write(() => {
      const index = group === undefined ? 0 : this.members(group).length
      const number = this.#insert(id, tags, { of: group?.groupNumber ?? null, index })
      for (const [at, { profile, tags: own }] of transcodes.entries())
        this.#insert(randomUUID(), own, { of: number, index: at + 1, profile })
    })
    return this.byId(id)!
  }

  /** All members of a stream's group, the passthrough first; deleted ones too. */
  members({ groupNumber }: StoredStream): StoredStream[] {
    return this.#statements.members.all({ head: groupNumber }).map((row) => streamOf(row)!)
  }

  byId(id: string): StoredStream | undefined {
    return streamOf(this.#statements.byId.get(id))
  }

  byName(name: string): StoredStream | undefined {
    return streamOf(this.#statements.byName.get(name))
  }

  /** Newest first; transcodes belong to their source and are left out unless asked for. */
  list(query: StreamQuery, transcodes = false): StoredStream[] {
    const tags = [...new Set(query.tags)]
    const rows = this.#statements.list.all({
      before: query.before,
      states: JSON.stringify(query.states),
      tags: JSON.stringify(tags),
      tagCount: tags.length,
      quantity: query.quantity,
      transcodes: transcodes ? 1 : 0,
    })
    return rows.map((row) => streamOf(row)!)
  }

  /** The highest number given to a stream, 0 before the first. */
  newest(): number {
    return Number(this.#statements.newest.get()?.['newest'] ?? 0)
  }

  /** Tags in use that begin with `prefix` in upper or lower case, in alphabetical order. */
  suggestTags(prefix: string, limit: number): string[] {
    return this.#statements.suggest.all({ prefix, limit }).map((row) => String(row['tag']))
  }

  setTags(stream: StoredStream, tags: readonly string[]): void {
    this.#write(() => {
      this.#statements.clearTags.run(stream.number)
      this.#insertTags(stream.number, tags)
      this.#statements.touch.run(timestamp(), stream.number)
    })
  }

  setPushUrl(stream: StoredStream, url: string | null): void {
    this.#write(() => this.#statements.setPushUrl.run(url, timestamp(), stream.number))
  }

  /** False, and nothing written, where the table of transitions does not allow `event`. */
  apply(stream: StoredStream, event: StreamEvent): boolean {
    const state = nextState(stream.state, event)
    if (state === undefined) return false
    const media = event === 'publish' || event === 'unpublish'
    this.#write(
      () => this.#statements.setState.run(state, timestamp(), stream.number),
      media ? 'NORMAL' : 'FULL',
    )
    return true
  }

  /** After a crash nothing is live, whatever the store says. */
  endAllLive(): void {
    for (const stream of this.list({ ...EVERYTHING, states: ['live'] }, true)) {
      this.apply(stream, 'unpublish')
    }
  }

  #insert(
    id: string,
    tags: readonly string[],
    group: { readonly of: number | null; readonly index: number; readonly profile?: string },
  ): number {
    const now = timestamp()
    let number: number | bigint | undefined
    while (number === undefined) {
      const name = `${this.#organisation}-${randomWord(5)}`
      const row = [id, name, now, now, group.of, group.index, group.profile ?? null] as const
      const { changes, lastInsertRowid } = this.#statements.insert.run(...row)
      if (changes === 1) number = lastInsertRowid
    }
    this.#insertTags(Number(number), tags)
    return Number(number)
  }

  #insertTags(number: number, tags: readonly string[]): void {
    for (const [position, tag] of [...new Set(tags)].entries()) {
      this.#statements.addTag.run(number, position, tag)
    }
  }

  /**
   * @param synchronous FULL waits for the disk. NORMAL outlives a crash of the process but not a
   *   power cut; enough for what nobody was promised, and media do not wait for a disk
   */
  #write(work: () => void, synchronous: 'FULL' | 'NORMAL' = 'FULL'): void {
    // A transaction is open here only when the last commit is still to come, see `ApiSeams.commit`.
    if (!this.#db.isTransaction) {
      if (this.#synchronous !== synchronous) this.#db.exec(`PRAGMA synchronous = ${synchronous}`)
      this.#synchronous = synchronous
      this.#db.exec('BEGIN IMMEDIATE')
    }
    try {
      work()
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
    this.#seams.commit(() => {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('COMMIT')
    })
  }
}

const EVERYTHING: StreamQuery = {
  states: STREAM_STATES,
  tags: [],
  before: Number.MAX_SAFE_INTEGER,
  quantity: Number.MAX_SAFE_INTEGER,
}

function streamOf(row: Record<string, SQLOutputValue> | undefined): StoredStream | undefined {
  if (row === undefined) return undefined
  return {
    number: Number(row['number']),
    id: String(row['id']),
    name: String(row['name']),
    state: row['state'] as StreamState,
    tags: JSON.parse(String(row['tags'])) as string[],
    pushUrl: row['push_url'] === null ? null : String(row['push_url']),
    groupNumber: Number(row['group_number']),
    groupId: String(row['group_id']),
    index: Number(row['group_index']),
    profile: row['profile'] === null ? null : String(row['profile']),
    createdAt: String(row['created_at']),
    updatedAt: String(row['updated_at']),
  }
}

function timestamp(): string {
  return new Date().toISOString()
}
