/** Transcodes of one stream, beside its passthrough. */
export const MAX_TRANSCODES = 3
/** ffmpeg processes at one time. */
export const MAX_PROCESSES = 16
/** Pixels of a transcode's longer side. */
export const MAX_LONG_SIDE = 1920
/** Pixels of its shorter side. */
export const MAX_SHORT_SIDE = 1088
/** kbit/s of a transcode. */
export const MAX_KBPS = 10_000
/** Frames per second of a transcode. */
export const MAX_FPS = 60
/** Times that a process is started again within the window below, after which it stays down. */
export const MAX_RESTARTS = 3
/** ms in which those starts are counted. */
export const RESTART_WINDOW_MS = 60_000
/** ms before a process that died is started again. */
export const RESTART_PAUSE_MS = 500
/** ms without output while there is input, after which a process is taken for stuck. */
export const STUCK_MS = 10_000
/** Bytes that wait for a process; past it, frames are dropped until the next key frame. */
export const MAX_INPUT_BYTES: number = 8 * 1024 * 1024
/** Frames that wait for their counterpart out of the process. */
export const MAX_WAITING_FRAMES = 2_000
/** Characters of a process's last words that are kept. */
export const MAX_LAST_WORDS = 500
/** ms between two looks at a process. */
export const LOOK_MS = 1_000
/** ms without a taker, after which a stream with AAC is no longer made. */
export const IDLE_MS = 10_000
/** Arrival times that are remembered, to date what comes out of a process. */
export const MAX_ARRIVALS = 1_000
