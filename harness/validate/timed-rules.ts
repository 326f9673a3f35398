/**
 * Rules that look at when things came: a machine that is too busy makes an encoder look late. What
 * the others find is in the bytes, and true on any machine.
 */
export const TIMED_RULES: readonly string[] = [
  'encoder.frame-delay',
  'encoder.timestamps-realtime',
  'encoder.av-interleave',
  'rtmp.client.acknowledges',
  'rtmp.client.reconnect',
  'srt.client.latency',
  'srt.client.retransmits',
  'ts.pat-pmt',
  'ts.pcr-interval',
  'ts.pts-interval',
  'whip.client.keyframes',
  'whip.client.nack',
]
