import { readInit } from '../../viewers/init-reader.ts'
import {
  stampedAccessUnit,
  type TestSample,
  type TestTrack,
  testFragment,
} from '../../viewers/test-fragments.ts'
import { makeFragmentedMp4 } from '../../viewers/test-media.ts'
import type { ViewerRecord } from '../../viewers/viewer-record.ts'
import { ViewerSession } from '../../viewers/viewer-session.ts'
import type { SentStream } from './evidence.ts'

/** For tests: what a good server would send, message by message, to be changed and then recorded. */
export interface TestRecording {
  serverInfo: string
  streamInfo: string
  init: Buffer
  /** One video frame each, with the audio that belongs to it. */
  fragments: { sequence: number; tracks: TestTrack[] }[]
  sent: SentStream
}

const FPS = 30
const AUDIO_FRAME = 1024

export async function goodRecording(): Promise<TestRecording> {
  const file = await makeFragmentedMp4({ video: '360p30', audio: 'aac-48k', duration: 1 })
  const init = file.subarray(0, file.indexOf('moof') - 4)
  const [video, audio] = readInit(init).tracks
  const frameTicks = video!.timescale / FPS
  const fragments: TestRecording['fragments'] = []
  let audioTime = 0
  for (let frame = 0; frame < 90; frame++) {
    const end = ((frame + 1) / FPS) * audio!.timescale
    const from = audioTime
    const samples: TestSample[] = []
    for (; audioTime < end; audioTime += AUDIO_FRAME) {
      samples.push({ duration: AUDIO_FRAME, key: true, data: Buffer.from([0x21, frame]) })
    }
    const key = frame % 60 === 0
    const data = stampedAccessUnit({ frame, timeUs: 1_000_000 + frame * 33_333, key })
    const picture = { duration: frameTicks, key, data }
    fragments.push({
      sequence: 500 + frame,
      tracks: [
        { id: video!.id, baseDecodeTime: frame * frameTicks, samples: [picture] },
        ...(samples.length > 0 ? [{ id: audio!.id, baseDecodeTime: from, samples }] : []),
      ],
    })
  }
  const server = {
    applicationServerName: 'test',
    applicationServerVersion: '1',
    hostname: 'localhost',
  }
  const stream = {
    haveAudio: true,
    haveVideo: true,
    audioInfo: {},
    videoInfo: {},
    codecs: `${video!.codecString},${audio!.codecString}`,
  }
  return {
    serverInfo: JSON.stringify({ type: 'serverInfo', data: server }),
    streamInfo: JSON.stringify({ type: 'streamInfo', data: stream }),
    init,
    fragments,
    sent: { videoConfig: video!.config, audioConfig: audio!.config, streamTag: '0badcafe' },
  }
}

export function messagesOfRecording(recording: TestRecording): (string | Buffer)[] {
  const { serverInfo, streamInfo, init, fragments } = recording
  return [
    serverInfo,
    streamInfo,
    init,
    ...fragments.map(({ sequence, tracks }) => testFragment(sequence, tracks)),
  ]
}

export function record(messages: readonly (string | Buffer)[]): ViewerRecord {
  const session = new ViewerSession('h5live', 'ws://test.invalid/', {})
  session.reached('open')
  for (const message of messages) {
    if (typeof message === 'string') session.text(message)
    else session.media(message)
  }
  session.end({ code: 1000, reason: '', by: 'server', clean: true })
  return session.record
}
