import type { RuleCardRecord } from '../run-record.ts'

const rows: [string, RuleCardRecord['level'], string, string, string?, string?][] = [
  ['encoder.video-codec', 'must', 'The video is H.264.', 'Live encoding', 'Codecs'],
  [
    'encoder.gop-length',
    'should',
    'The key-frame interval lies between 1.0 and 2.5 s.',
    'Live encoding',
    'Key-frame interval',
    'Set the key-frame interval to 2 s.',
  ],
  [
    'encoder.timestamps-monotonic',
    'must',
    'Decode times strictly increase per track, wrap included.',
    'RTMP 1.0',
    '§5',
    'Do not restart or reorder time stamps inside a session.',
  ],
  ['encoder.resolution-preferred', 'info', '720p is preferred.', 'Live encoding', 'Resolution'],
  ['encoder.frame-rate', 'should', 'The frame rate is 25 or 30 fps.', 'Live encoding'],
  [
    'rtmp.client.handshake',
    'must',
    'C0 announces version 3; C1 and C2 have 1536 bytes; C2 echoes S1.',
    'RTMP 1.0',
    '§5.2',
  ],
  ['rtmp.client.chunk-size', 'should', 'The chunk size is 128–65,536.', 'RTMP 1.0', '§5.4.1'],
  ['h5live.init-first', 'must', 'The first binary message is ftyp + moov.', 'ISO/IEC 14496-12'],
  [
    'h5live.timeline',
    'must',
    'Decode times are continuous per track, within one tick.',
    'ISO/IEC 14496-12',
    '§8.8.12',
    'Derive each tfdt from the end of the fragment before it.',
  ],
  ['h5live.join', 'must', 'A late viewer gets a picture at once.', 'Core concepts'],
]

export const sampleCards: Record<string, RuleCardRecord> = Object.fromEntries(
  rows.map(([id, level, title, document, clause, advice]) => [
    id,
    {
      id,
      title,
      level,
      source: { document, ...(clause === undefined ? {} : { clause }) },
      ...(advice === undefined ? {} : { advice }),
    },
  ]),
)
