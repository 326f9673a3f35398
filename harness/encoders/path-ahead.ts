/**
 * What a link in front of the encoder has taken from its connections. Between two processes on one
 * machine the kernel holds megabytes, so an encoder would notice a narrow link half a minute late;
 * over a real path its send buffer follows the window of TCP and holds far less.
 */
export interface PathAhead {
  /** Bytes taken from the connection with this local port; null when it has none such. */
  taken(localPort: number): number | null
  /** Called whenever more was taken; returns how to stop that. */
  onTaken(listener: () => void): () => void
}
