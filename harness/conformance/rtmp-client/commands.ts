import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'
import { commandsOf, publishedKey } from './command-events.ts'

const MIN_CHUNK = 128
const MAX_CHUNK = 65_536
const KEY = /^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/

export const connect = sessionRule(
  {
    id: 'rtmp.client.connect',
    level: 'must',
    title: 'connect comes first, as transaction 1, with app and tcUrl',
    source: { document: 'RTMP 1.0', clause: '§7.2.1.1' },
    advice: 'Send connect with app and tcUrl before any other command.',
    mutants: ['no-tcurl'],
  },
  (record) => {
    const expected = 'connect first, transaction 1, with app and tcUrl'
    const first = commandsOf(record)[0]
    if (!first) return skipped(expected, 'no command came')
    const at = { at: first.at }
    if (first.name !== 'connect') {
      return broken(expected, `${first.name} came first`, [{ note: first.name, ...at }])
    }
    const object = first.args[0]
    const has = (field: string): boolean => {
      const value = (object as Record<string, unknown> | null)?.[field]
      return typeof value === 'string' && value.length > 0
    }
    const wrong: string[] = []
    if (first.transaction !== 1) wrong.push(`transaction ${first.transaction}`)
    for (const field of ['app', 'tcUrl']) if (!has(field)) wrong.push(`no ${field}`)
    if (wrong.length === 0) return holds(expected, 'as expected')
    return broken(expected, wrong.join(', '), [{ note: `connect with ${wrong.join(', ')}`, ...at }])
  },
)

export const chunkSize = sessionRule(
  {
    id: 'rtmp.client.chunk-size',
    level: 'should',
    title: 'a chunk size of 128 to 65,536 bytes is announced',
    source: { document: 'RTMP 1.0', clause: '§5.4.1' },
    advice: 'Send Set Chunk Size with 4096 before or right after connect.',
    mutants: ['chunk-128', 'chunk-1m'],
  },
  (record) => {
    const expected = 'Set Chunk Size with 128–65,536 bytes before media'
    const publish = commandsOf(record).find(({ name }) => name === 'publish')
    if (!publish) return skipped(expected, 'nothing was published')
    const announced = record.events.filter(({ type }) => type === 'chunk-size')
    if (announced.length === 0) {
      return broken(expected, "none: messages are cut into the protocol's default of 128 bytes", [
        { note: 'publish without Set Chunk Size', at: publish.at },
      ])
    }
    const wrong = announced.filter(
      ({ size }) => Number(size) < MIN_CHUNK || Number(size) > MAX_CHUNK,
    )
    const sizes = announced.map(({ size }) => `${Number(size)} bytes`).join(', ')
    if (wrong.length === 0) return holds(expected, sizes)
    const evidence = wrong.map(({ at, size }) => ({ note: `Set Chunk Size ${Number(size)}`, at }))
    return broken(expected, sizes, evidence)
  },
)

export const publishType = sessionRule(
  {
    id: 'rtmp.client.publish-type',
    level: 'must',
    title: 'publish names a created stream and the type "live"',
    source: { document: 'RTMP 1.0', clause: '§7.2.2.6' },
    advice: 'Publish on the stream that createStream returned, with type "live".',
    mutants: ['publish-record'],
  },
  (record) => {
    const expected = 'publish on a created stream with type "live"'
    const commands = commandsOf(record)
    const publish = commands.find(({ name }) => name === 'publish')
    if (!publish) return skipped(expected, 'nothing was published')
    const before = commands.slice(0, commands.indexOf(publish))
    const wrong: string[] = []
    if (!before.some(({ name }) => name === 'createStream')) wrong.push('no createStream before it')
    if (publish.messageStream < 1) wrong.push(`message stream ${publish.messageStream}`)
    const type = publish.args[2]
    if (type !== 'live') wrong.push(type === undefined ? 'no type' : `type ${JSON.stringify(type)}`)
    if (wrong.length === 0) return holds(expected, 'as expected')
    return broken(expected, wrong.join(', '), [
      { note: `publish, ${wrong.join(', ')}`, at: publish.at },
    ])
  },
)

export const keyGrammar = sessionRule(
  {
    id: 'rtmp.client.key-grammar',
    level: 'must',
    title: 'the stream key is the stream name XXXXX-YYYYY',
    source: { document: 'nanoStream Cloud documentation, Stream Overview', clause: 'Ingest' },
    advice: 'Enter the stream name alone as stream key; parameters go behind a question mark.',
    mutants: ['key-with-slash'],
  },
  (record) => {
    const expected = 'XXXXX-YYYYY, parameters behind "?"'
    const key = publishedKey(record)
    if (key === null) return skipped(expected, 'nothing was published')
    if (KEY.test(key)) return holds(expected, 'as expected')
    const form = key.replace(/[A-Za-z0-9]/g, 'X').slice(0, 60)
    const at = commandsOf(record).find(({ name }) => name === 'publish')?.at ?? 0
    return broken(expected, `a key of the form ${form}`, [{ note: 'publish', at }])
  },
)
