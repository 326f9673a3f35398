/** One seed for all probes: each run of a rule makes the same decisions. */
export const SEED = 4
/** ms one way, of the links here where nothing else is said. */
export const DELAY_MS = 20
/** ms of the blackout: long enough for a publisher to count as silent, shorter than grace times. */
export const BLACKOUT_MS = 5_000
/**
 * ms after a blackout until the picture is there again: the pauses between the attempts of TCP
 * double, so that the next may lie as long ahead as the blackout was; the encoder's own pause, the
 * time to take over and a group of pictures come on top.
 */
export const RETURN_BUDGET_MS = BLACKOUT_MS + 8_000
/** ms that a state may lag behind the media event that brought it about. */
export const STATE_LAG_MS = 1_000
/**
 * ms that a stream may stay live after the last frame of its publisher, by protocol: as
 * `rtmp.server.deadlines` says; libsrt's default of SRTO_PEERIDLETIMEO; and the 30 s without
 * consent of RFC 7675 §5.1, as `whip.server.consent` says.
 */
export const SILENCE_MS = { rtmp: 30_000, srt: 5_000, whip: 30_000 }
/** ms on top of those: a state may lag by one second, and a busy machine by two. */
export const SILENCE_SLACK_MS = STATE_LAG_MS + 2_000
/** ms of silence after which a publisher must be replaceable. */
export const TAKEOVER_BUDGET_MS = 10_000
/** ms from a reset until the stream is free: the reset tells the server that nobody is there. */
export const FREE_BUDGET_MS = 1_500
/** ms that a viewer beside a bad one may wait for a frame. */
export const NEIGHBOUR_GAP_MS = 1_000
/**
 * ms until an SRT caller is back that its NAT forgot, with a picture: it gives up a silent peer
 * after 5 s, pauses, calls, takes over, and two seconds of frames come.
 */
export const CALLER_BACK_MS = 18_000
/**
 * ms until a WebRTC publisher is heard again: the next check for consent lies up to 6 s ahead, a
 * group of pictures has 2 s, and two seconds of frames come; the rest is for a busy machine.
 */
export const CONSENT_BACK_MS = 15_000
