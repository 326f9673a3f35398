/** Seconds of played media that stay in the source buffer. */
const KEEP_BEHIND = 5
/** Seconds of played media at which it is trimmed. */
const TRIM_BEHIND = 15
/** Bytes that may wait for the source buffer before the pipe gives up. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024

type Item =
  | { readonly kind: 'media'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'type'; readonly mimeType: string }

/** One MediaSource on one video element: takes bytes in order, appends them as fast as it can. */
export class MediaPipe {
  readonly #video: HTMLVideoElement
  readonly #onError: (code: number, message: string) => void
  readonly #source = new MediaSource()
  readonly #url: string
  #buffer: SourceBuffer | undefined
  #waiting: Item[] = []
  #waitingBytes = 0
  #closed = false

  /** @param onError codes of the vendor's player: 3003 decode, 3004 unsupported, 3100 ended */
  constructor(
    video: HTMLVideoElement,
    mimeType: string,
    onError: (code: number, message: string) => void,
  ) {
    this.#video = video
    this.#onError = onError
    this.#url = URL.createObjectURL(this.#source)
    this.#source.addEventListener('sourceopen', () => this.#open(mimeType), { once: true })
    video.src = this.#url
  }

  append(bytes: ArrayBuffer): void {
    this.#waiting.push({ kind: 'media', bytes: new Uint8Array(bytes) })
    this.#waitingBytes += bytes.byteLength
    if (this.#waitingBytes > MAX_WAITING_BYTES)
      this.#fail(3200, 'The source buffer does not keep up.')
    this.#pump()
  }

  /** From here on the media is of another type, with the same kinds of tracks. */
  changeType(mimeType: string): void {
    this.#waiting.push({ kind: 'type', mimeType })
    this.#pump()
  }

  close(): void {
    this.#closed = true
    this.#waiting = []
    URL.revokeObjectURL(this.#url)
  }

  #open(mimeType: string): void {
    if (this.#closed) return
    if (!MediaSource.isTypeSupported(mimeType)) {
      this.#fail(3004, `This browser does not play ${mimeType}.`)
      return
    }
    this.#buffer = this.#source.addSourceBuffer(mimeType)
    this.#buffer.addEventListener('updateend', () => this.#pump())
    this.#buffer.addEventListener('error', () => this.#fail(3003, 'The media cannot be decoded.'))
    this.#pump()
  }

  #pump(): void {
    const buffer = this.#buffer
    if (this.#closed || buffer === undefined || buffer.updating) return
    try {
      if (this.#trim(buffer)) return
      const next = this.#next()
      if (next === undefined) return
      if (next.kind === 'media') {
        buffer.appendBuffer(next.bytes)
      } else {
        buffer.changeType(next.mimeType)
        this.#pump()
      }
    } catch (error) {
      this.#fail(this.#source.readyState === 'open' ? 3003 : 3100, String(error))
    }
  }

  /** What waits in front, media in one piece: fewer, larger appends cost less. */
  #next(): Item | undefined {
    const [first] = this.#waiting
    if (first?.kind !== 'media') return this.#waiting.shift()
    const until = this.#waiting.findIndex((item) => item.kind !== 'media')
    const items = this.#waiting.splice(0, until === -1 ? this.#waiting.length : until)
    const parts = items.filter((item) => item.kind === 'media').map((item) => item.bytes)
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    this.#waitingBytes -= bytes.length
    return { kind: 'media', bytes }
  }

  #trim(buffer: SourceBuffer): boolean {
    if (buffer.buffered.length === 0) return false
    const start = buffer.buffered.start(0)
    const { currentTime } = this.#video
    if (currentTime - start < TRIM_BEHIND) return false
    buffer.remove(start, currentTime - KEEP_BEHIND)
    return true
  }

  #fail(code: number, message: string): void {
    if (this.#closed) return
    this.close()
    this.#onError(code, message)
  }
}
