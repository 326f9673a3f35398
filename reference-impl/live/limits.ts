/** ms without a frame, after which a publisher may be replaced. */
export const TAKEOVER_AFTER_MS = 3000
/** ms that viewers wait for a publisher that vanished. */
export const RECONNECT_GRACE_MS = 10_000
/** ms that the first frames wait for the second track to be announced. */
export const TRACK_WAIT_MS = 300
/** Bytes of frames held while a stream waits for its tracks or a key frame. */
export const MAX_HELD_BYTES = 8 * 1024 * 1024
/** Number of frames held meanwhile. */
export const MAX_HELD_FRAMES = 1000
/** Bytes of the cached group of pictures; past it, late viewers wait for the next key frame. */
export const MAX_CACHED_BYTES = 16 * 1024 * 1024
/** ms of the cached group of pictures; past it likewise. */
export const MAX_CACHED_MS = 12_000
/** ms of audio that a stream without video keeps for late viewers. */
export const CACHED_AUDIO_MS = 500
/** ms that audio waits for a video frame at most, by arrival and by time stamps. */
export const AUDIO_HOLD_MS = 40
/** ms of audio in one fragment of a stream without video. */
export const AUDIO_GROUP_MS = 50
/** ms of a jump of time stamps, beyond which it is a discontinuity. */
export const JUMP_MS = 1000
/** ms: after a jump of one track, its clock is the other's when it lands this near. */
export const SAME_CLOCK_MS = 2000
/** Characters of a stream name that is looked up at all. */
export const MAX_STREAM_NAME_LENGTH = 64
/** ms before a frame's arrival that its stamp may say: with an older one it is another clock's. */
export const MAX_STAMP_AGE_MS = 60_000
