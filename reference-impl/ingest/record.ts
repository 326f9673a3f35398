/**
 * What ingest writes down about one session, so that the encoder can be judged afterwards:
 * facts from the wire, no verdicts. Served as JSON at `/observe/ingest`, bounded in size.
 * Times (`at`) are ms since the session opened.
 */
export interface IngestRecord {
  readonly schema: 'liveproof/ingest-record@1'
  session: string
  protocol: 'rtmp' | 'rtmps' | 'srt' | 'whip'
  /** Stream name as asked for, without parameters; null until known. */
  stream: string | null
  remote: string
  /** ms, machine's monotonic clock */
  openedAt: number
  /** ISO 8601 */
  openedAtUtc: string
  /** null while open */
  closedAt: number | null
  closeReason: string | null
  /** True once an event or a frame was dropped because the record was full. */
  truncated: boolean
  events: IngestEvent[]
  tracks: IngestTrack[]
  /** Made anew at each reading. */
  readonly frames: IngestFrames
}

/**
 * `type` and what goes with it:
 * `handshake` {version, c1Zero, digest (scheme 0, 1 or null), c2EchoesS1, c2AnswersDigest, c1Size, c2Size} ·
 * `command` {name, transaction, csid, messageStream, args} (args as JSON, strings cut at 1 kB) ·
 * `chunk-size` {size} · `window-ack-size` {size} · `ack` {sequence, bytesSent} (bytesSent: ours until then) ·
 * `window-sent` {size, bytesSent} (a whole window of ours since the last `ack`; one is due) ·
 * `ping-response` · `metadata` {handler, value} · `status` {level, code} (what we answered) ·
 * `sequence-header` {kind, codec} · `publish` {name, kind, params} · `eof` · `reset` ·
 * `stray-media` {messageType} (the first media without a publication) · `error` {code, message} ·
 * `encoder-text` {text} (what x264 wrote about itself into one of the first pictures) ·
 * `bpm` (running) {pictures, delayMs (of the last one), leastMs, mostMs} (key frames in which OBS
 * wrote when it composed them, and how long ago that was by its wall clock; below 0 where that is ahead)
 *
 * SRT: `srt-handshake` {inductionVersion, inductionCookieZero, version, requested (HSREQ came),
 * srtVersion, flags, streamId, streamIdBytes, streamIdForm, callerLatencyMs, latencyMs (negotiated),
 * mtu, flowWindow, keyBytes (0: plain), congestion, filter} · `srt-reject` {code, reason, calls} ·
 * `srt-nak-probe` {sequence, rttMs, answeredMs, retransmitFlag} (a packet that came was asked for
 * again; null while it has not come) · `srt-key-refresh` {keyBytes, accepted} ·
 * `srt-stats` (running totals) {packets, bytes, retransmitted, lost, dropped, belated, duplicates,
 * undecrypted, otherSizes (payloads that are no whole TS packets), maxPayload, naks, rttMs, driftMs,
 * firstOtherSize} · `ts-streams` {programs, streams: [{pid, type, codec}]} ·
 * `ts-stats` (running) {packets, spanMs, faults: {sync, continuity, …}, pat, pmt, pcr, pts:
 * {count, maxGapMs, maxGapAt}} · `ts-fault` {fault, pid, detail} (the first few of each)
 */
export interface IngestEvent {
  at: number
  type: string
  [detail: string]: unknown
}

/** A track as its bitstream declares it, at each announcement or change. */
export interface IngestTrack {
  at: number
  kind: 'video' | 'audio'
  /** avc1, hvc1, av01, mp4a, opus, mp3, or what it called itself. */
  codec: string
  /** Hex of avcC, AudioSpecificConfig, … */
  config: string
  width?: number
  height?: number
  /** H.264 profile_idc, constraint flags, level_idc. */
  profile?: number
  constraints?: number
  level?: number
  sampleRate?: number
  channels?: number
}

/** Frames in arrival order, one column a field (equal lengths). Sequence headers are not frames. */
export interface IngestFrames {
  /** 0 video, 1 audio */
  track: number[]
  /** 90 kHz ticks, unwrapped as far as wrap can be told from a jump */
  dts: number[]
  /** pts − dts, 90 kHz ticks */
  cts: number[]
  /** 1 as flagged by the container */
  key: number[]
  /** 1 when the access unit holds an IDR slice (video), else 0 */
  idr: number[]
  /** bytes of the access unit */
  size: number[]
  /** arrival of the last byte, ms since the session opened, µs resolution */
  at: number[]
}
