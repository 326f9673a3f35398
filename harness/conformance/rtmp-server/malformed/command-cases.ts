import { type Amf0, amf0All } from '../craft/amf0.ts'
import { MESSAGE } from '../craft/chunk.ts'
import { command, message, STREAM } from './build.ts'
import { type MalformedCase, once, type SessionStage, times } from './malformed-case.ts'

const at =
  (stage: SessionStage) =>
  (name: string, ...commands: Buffer[]): MalformedCase => ({
    name: `command/${name}`,
    stage,
    pieces: once(...commands),
  })
const greeted = at('greeted')
const connected = at('connected')
const created = at('created')
const publishing = at('publishing')
const connect = (name: string, ...values: Amf0[]) =>
  greeted(name, command(['connect', 1, ...values]))
const publish = (name: string, ...values: Amf0[]) =>
  created(name, command(['publish', 5, ...values], STREAM))

const BAD_NAMES: Readonly<Record<string, string>> = {
  traversal: '../../../../etc/passwd',
  'traversal-backslash': '..\\..\\windows\\win.ini',
  'traversal-encoded': '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  absolute: '/etc/passwd',
  nul: 'ABCDE-12345\0.flv',
  newline: 'ABCDE-12345\r\nX-Injected: 1',
  sql: "' OR '1'='1",
  proto: '__proto__',
  script: '<script>alert(1)</script>',
  'right-to-left': 'ABCDE-\u202e54321',
  empty: '',
  space: ' ',
  'question-mark': '?',
  'params-only': '?a=b&c=d',
  'params-many': `ABCDE-12345?${'a=b&'.repeat(10_000)}`,
  'params-broken': 'ABCDE-12345?%&=%zz&&==',
  long: 'A'.repeat(60_000),
}

/** Commands with missing, wrong or hostile arguments, and in the wrong order (RTMP 1.0 §7.2). */
export const commandCases: readonly MalformedCase[] = [
  connect('connect-without-object'),
  connect('connect-null', null),
  connect('connect-string', 'live'),
  connect('connect-number', 7),
  connect('connect-empty-object', {}),
  connect('connect-app-number', { app: 1, tcUrl: 'rtmp://127.0.0.1/live' }),
  connect('connect-app-object', { app: { a: 1 }, tcUrl: { b: 2 } }),
  connect('connect-app-null', { app: null, tcUrl: null }),
  connect('connect-app-empty', { app: '', tcUrl: '' }),
  connect('connect-app-traversal', { app: '../../etc', tcUrl: 'rtmp://127.0.0.1/../../etc' }),
  connect('connect-app-long', { app: 'a'.repeat(60_000) }),
  connect('tcurl-no-url', { app: 'live', tcUrl: 'this is no address' }),
  connect('tcurl-bad-port', { app: 'live', tcUrl: 'rtmp://127.0.0.1:99999999/live' }),
  connect('tcurl-bad-host', { app: 'live', tcUrl: 'rtmp://[::zz]/live' }),
  connect('tcurl-bad-percent', { app: 'live', tcUrl: 'rtmp://%zz/%' }),
  connect('tcurl-number', { app: 'live', tcUrl: 1935 }),
  connect('tcurl-long', { app: 'live', tcUrl: `rtmp://127.0.0.1/${'x'.repeat(60_000)}` }),
  connect('tcurl-elsewhere', { app: 'live', tcUrl: 'file:///etc/passwd' }),
  connected('connect-twice', command(['connect', 2, { app: 'live' }])),
  connected('connect-to-another-app', command(['connect', 2, { app: 'play' }])),
  greeted('createstream-first', command(['createStream', 1, null])),
  greeted('publish-first', command(['publish', 1, null, 'ABCDE-12345', 'live'], STREAM)),
  greeted('play-first', command(['play', 1, null, 'ABCDE-12345'], STREAM)),
  greeted('unknown-first', command(['hello', 1, null])),
  connected('unknown', command(['hello', 2, null]), command(['getStreamLength', 3, null, 'x'])),
  connected('publish-without-stream', command(['publish', 2, null, 'ABCDE-12345', 'live'], 0)),
  connected('publish-on-stream-77', command(['publish', 2, null, 'ABCDE-12345', 'live'], 77)),
  connected('releasestream-empty', command(['releaseStream', 2])),
  connected('fcpublish-object', command(['FCPublish', 2, null, { a: 1 }])),
  connected('fcunpublish-first', command(['FCUnpublish', 2, null, 'ABCDE-12345'])),
  connected('deletestream-unknown', command(['deleteStream', 2, null, 99])),
  connected('deletestream-nan', command(['deleteStream', 2, null, Number.NaN])),
  connected('deletestream-negative', command(['deleteStream', 2, null, -1])),
  connected('deletestream-string', command(['deleteStream', 2, null, 'one'])),
  connected('deletestream-empty', command(['deleteStream', 2])),
  connected('result-from-client', command(['_result', 1, null, 1]), command(['_error', 9, null])),
  connected('status-from-client', command(['onStatus', 0, null, { code: 'x' }], STREAM)),
  {
    name: 'command/createstream-5000',
    stage: 'connected',
    pieces: times(5_000, command(['createStream', 2, null])),
  },
  {
    name: 'command/unknown-20000',
    stage: 'connected',
    pieces: times(20_000, command(['hello', 2, null])),
  },
  publish('publish-nothing'),
  publish('publish-without-name', null),
  publish('publish-name-null', null, null, 'live'),
  publish('publish-name-number', null, 12345, 'live'),
  publish('publish-name-object', null, { name: 'x' }, 'live'),
  publish('publish-type-number', null, 'ABCDE-12345', 5),
  publish('publish-type-unknown', null, 'ABCDE-12345', 'everything'),
  created(
    'publish-name-cut',
    message(
      MESSAGE.command,
      Buffer.concat([amf0All('publish', 5, null), Buffer.from([2, 0, 50])]),
      1,
    ),
  ),
  ...Object.entries(BAD_NAMES).map(([name, value]) => publish(`name-${name}`, null, value, 'live')),
  created('play-traversal', command(['play', 5, null, '../../etc/passwd', -2], STREAM)),
  created('play-number', command(['play', 5, null, 3], STREAM)),
  created('pause-seek', command(['pause', 5, null, true, 1e300]), command(['seek', 6, null, -1])),
  publishing('publish-again', command(['publish', 6, null, 'ABCDE-12345', 'live'], STREAM)),
  publishing('connect-again', command(['connect', 6, { app: 'live' }])),
  publishing('play-while-publishing', command(['play', 6, null, 'ABCDE-12345'], STREAM)),
  publishing(
    'closestream-twice',
    command(['closeStream', 0, null], STREAM),
    command(['closeStream', 0, null], STREAM),
  ),
  publishing(
    'deletestream-then-media',
    command(['deleteStream', 6, null, 1]),
    message(9, Buffer.alloc(50, 0x17), STREAM),
  ),
]
