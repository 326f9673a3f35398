/** Bytes of one box at the top level; an access unit of any sane stream is far smaller. */
export const MAX_BOX_BYTES = 16 * 2 ** 20
/** Bytes of `moov` and of `moof`, which are read box by box. */
export const MAX_HEADER_BYTES = 2 ** 20
/** How deep boxes may nest; moov/trak/mdia/minf/stbl/stsd/avc1/avcC is 8. */
export const MAX_BOX_DEPTH = 12
export const MAX_TRACKS = 8
/** Track fragments of one `moof`, and runs of one track fragment. */
export const MAX_RUNS = 64
/** Samples of one `moof`. */
export const MAX_SAMPLES = 65_536
/** NAL units of one access unit. */
export const MAX_NAL_UNITS = 4_096

/** Bytes of one WebSocket message. */
export const MAX_MESSAGE_BYTES = 32 * 2 ** 20
/** Characters of one text message that are kept. */
export const MAX_TEXT_CHARS = 16_384
/** Events of one recording (texts, inits, fragments, errors); 30 minutes at 60 fragments/s. */
export const MAX_RECORD_EVENTS = 120_000
/** Bytes of media from the start that a recording keeps unless told otherwise. */
export const DEFAULT_KEPT_BYTES = 4 * 2 ** 20

/** ms from connect to open. */
export const CONNECT_DEADLINE_MS = 5_000
/** ms from our close to the other side's. */
export const CLOSE_DEADLINE_MS = 2_000
/** ms that a viewer waits for frames or an end when the caller says nothing else. */
export const DEFAULT_WAIT_MS = 15_000

/** Pictures that a browser viewer remembers; an hour at 30 a second. */
export const MAX_PRESENTED_FRAMES = 108_000
/** ms to which Chromium rounds a page's clock (100 µs without cross-origin isolation). */
export const PAGE_CLOCK_MS = 0.1

/** Bytes of one playlist, unpacked. */
export const MAX_PLAYLIST_BYTES = 2 ** 20
/** Lines of one playlist. */
export const MAX_PLAYLIST_LINES = 20_000
/** Bytes of one segment. */
export const MAX_HLS_BYTES = 64 * 2 ** 20
/** ms that a file of a playlist may take. */
export const HLS_FILE_MS = 10_000
/** ms beyond three target durations that a blocked playlist may take. */
export const HLS_BLOCK_RESERVE_MS = 5_000
/** Answers in a row that fail, after which an HLS viewer gives up. */
export const MAX_HLS_FAILURES = 5
