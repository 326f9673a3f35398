import type { TranscodeProfile } from './profile.ts'

/** What ffmpeg makes of a stream; the other track is not its business. */
export type Work =
  | { readonly kind: 'video'; readonly profile: TranscodeProfile }
  | { readonly kind: 'aac'; readonly kbps: number }

/** Our fragments in, as they are; their times stay (`-copyts`), so that what comes out fits them. */
const INPUT = [
  ...['-hide_banner', '-loglevel', 'error', '-nostats', '-nostdin'],
  ...['-analyzeduration', '0', '-probesize', '65536'],
  ...['-copyts', '-f', 'mp4', '-i', 'pipe:0'],
]
/** A transport stream out: 90 kHz stamps, and every frame as soon as it is made. */
const OUTPUT = [
  ...['-f', 'mpegts', '-muxdelay', '0', '-muxpreload', '0', '-pes_payload_size', '0'],
  ...['-avoid_negative_ts', 'disabled', '-flush_packets', '1', 'pipe:1'],
]

export function ffmpegArgs(work: Work): string[] {
  return [...INPUT, ...(work.kind === 'aac' ? aac(work.kbps) : video(work.profile)), ...OUTPUT]
}

/**
 * Key frames exactly where the source has them, also when pictures are left out, and each picture
 * with the source's time and user data: stamps come through.
 */
function video({ width, height, kbps, fps }: TranscodeProfile): string[] {
  const filters = [`scale=${width}:${height}:flags=fast_bilinear`]
  if (fps !== null) {
    const tick = (time: string) => `floor(${time}*${fps}+0.01)`
    const due = `gt(${tick('t')},${tick('prev_selected_t')})`
    filters.unshift(`select='isnan(prev_selected_t)+eq(key,1)+${due}'`)
  }
  return [
    ...['-map', '0:v:0', '-an', '-vf', filters.join(',')],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '1:90000'],
    ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-threads', '1'],
    ...['-profile:v', 'main', '-pix_fmt', 'yuv420p', '-sc_threshold', '0', '-g', '100000'],
    ...['-force_key_frames', 'source', '-forced-idr', '1', '-udu_sei', '1'],
    ...['-b:v', `${kbps}k`, '-maxrate', `${kbps}k`, '-bufsize', `${kbps}k`],
  ]
}

function aac(kbps: number): string[] {
  return ['-map', '0:a:0', '-vn', '-c:a', 'aac', '-b:a', `${kbps}k`, '-ac', '2', '-ar', '48000']
}
