import type { Finding, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { readMessage } from './texts.ts'

/** Names under which the vendor's player reports the two, so any server must send them. */
const SERVER_INFO = ['applicationServerName', 'applicationServerVersion', 'hostname']
const STREAM_INFO = ['haveAudio', 'haveVideo', 'audioInfo', 'videoInfo']

export const hello: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.hello',
  level: 'must',
  title: 'Server and stream info arrive as text before the first binary message',
  source: { document: 'facts/nanostream', clause: '2.2, 2.4' },
  advice: 'send serverInfo and streamInfo as text messages before the init segment',
  mutants: [
    { kind: 'fault', id: 'no-info' },
    { kind: 'fault', id: 'media-first' },
  ],
  check: ({ viewer }) => check(viewer.events),
}

function check(events: H5LiveEvidence['viewer']['events']): Finding {
  const expected = `text with ${[...SERVER_INFO, ...STREAM_INFO].join(', ')} before any media`
  const media = events.findIndex((event) => event.type !== 'text')
  if (media < 0) return { result: 'skipped', expected, actual: 'no media arrived' }
  const before = events.slice(0, media)
  const seen = new Set<string>()
  for (const event of before) {
    const message = event.type === 'text' ? readMessage(event) : null
    for (const name of Object.keys(message?.data ?? {})) seen.add(name)
  }
  const missing = [...SERVER_INFO, ...STREAM_INFO].filter((name) => !seen.has(name))
  const actual =
    missing.length === 0
      ? `${before.length} text messages with both`
      : `${before.length} text messages, ${missing.join(', ')} in none of them`
  return {
    result: missing.length === 0 ? 'holds' : 'broken',
    expected,
    actual,
    evidence: [{ note: `first ${events[media]!.type}`, at: events[media]!.at }],
  }
}
