/** The live path's numbers. Times in ms unless the name says otherwise. */

/** A publisher that sent no frame for so long may be replaced. */
export const TAKEOVER_AFTER_MS = 3000
/** How long viewers wait for a publisher that vanished. */
export const RECONNECT_GRACE_MS = 10_000
/** How long the first frames wait for the second track to be announced. */
export const TRACK_WAIT_MS = 300
/** Frames held while a stream waits for its tracks or a key frame. */
export const MAX_HELD_BYTES = 8 * 1024 * 1024
export const MAX_HELD_FRAMES = 1000

/** Cached group of pictures. Past either, late viewers wait for the next key frame. */
export const MAX_CACHED_BYTES = 16 * 1024 * 1024
export const MAX_CACHED_MS = 12_000
/** A stream without video keeps so much audio for late viewers. */
export const CACHED_AUDIO_MS = 500

/** Audio waits for a video frame no longer than this, by arrival and by time stamps. */
export const AUDIO_HOLD_MS = 40
/** Most audio in one fragment of a stream without video. */
export const AUDIO_GROUP_MS = 50

/** Jumps of time stamps beyond this are a discontinuity. */
export const JUMP_MS = 1000
/** After a jump of one track, its clock is taken to be the other's when it lands this near. */
export const SAME_CLOCK_MS = 2000

/** Largest name that is looked up at all. */
export const MAX_STREAM_NAME_LENGTH = 64
