/** Characters of a stream's name in Livepeer's API. */
export const MAX_NAME = 256
