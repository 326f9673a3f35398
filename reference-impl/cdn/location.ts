/** Where clients of one location play and publish. */
export interface LocationAddresses {
  /** `ws://host:port/h5live/stream.mp4` */
  readonly websocket: string
  /** `http://host:port/h5live/http/playlist.m3u8` */
  readonly playlist: string
  /** `http://host:port/h5live/http/stream.mp4` */
  readonly progressive: string
  /** `http://host:port/hls`; `/NAME/index.m3u8` follows. */
  readonly hls: string
  /** `rtmp://host:port/live` */
  readonly rtmp: string
  /** `srt://host:port` */
  readonly srt: string
  /** `http://host:port` of WHIP */
  readonly whip: string
}

/** One place that viewers and publishers can be sent to. */
export interface Location {
  readonly id: string
  readonly region: string
  readonly addresses: LocationAddresses
  /** Viewers that it can serve. */
  readonly capacity: number
  /** Viewers that it serves, and those that were just sent there. */
  readonly viewers: number
}
