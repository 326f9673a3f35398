/** Bytes of a bundle as it lies on the disk. */
export const MAX_BUNDLE_BYTES = 64 * 2 ** 20
/** Bytes that a bundle may unpack to; checked while it is unpacked. */
export const MAX_UNPACKED_BYTES = 160 * 2 ** 20
/** Files of a bundle. */
export const MAX_BUNDLE_FILES = 200
/** Characters of a file's name in a bundle. */
export const MAX_FILE_NAME = 100
/** Bytes of the manifest. */
export const MAX_MANIFEST_BYTES = 256 * 1024
/** Bytes of the report, and of the records of the sessions. */
export const MAX_JSON_BYTES = 48 * 2 ** 20
/** Sessions in a bundle. */
export const MAX_SESSIONS = 256
/** Bytes of media on the wire that are packed; what came later is left out. */
export const MAX_WIRE_BYTES = 24 * 2 ** 20
/** Frames of all sessions of a bundle. */
export const MAX_BUNDLE_FRAMES = 240_000
/** Events and tracks of one session. */
export const MAX_SESSION_EVENTS = 5_000
