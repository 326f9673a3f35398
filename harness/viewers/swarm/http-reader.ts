import { MAX_HEAD_BYTES, MAX_UNIT_BYTES } from './limits.ts'

export interface HttpSink {
  /** Head of an answer; names in lower case. */
  head(status: number, headers: ReadonlyMap<string, string>): void
  /** A piece of the body: bytes of `chunk`, which is used again after the call. */
  body(chunk: Buffer, from: number, to: number): void
  /** The answer is whole. */
  end(): void
  /** The rest of the connection, after a head with status 101. */
  upgraded(chunk: Buffer, from: number, to: number): void
  broken(reason: string): void
}

type State =
  | 'head'
  | 'length'
  | 'until-close'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer'
  | 'upgraded'

const LF = 10
/** Characters of a line with the size of a chunk, or of a trailer. */
const MAX_LINE = 4096

/** Reads HTTP/1.1 answers, one after the other, in chunks cut anywhere (RFC 9112). */
export class HttpReader {
  readonly #sink: HttpSink
  #state: State = 'head'
  /** What came of a head or a line that is not whole. */
  #text = ''
  #left = 0
  #dead = false

  constructor(sink: HttpSink) {
    this.#sink = sink
  }

  push(chunk: Buffer, from: number, to: number): void {
    let at = from
    while (at < to && !this.#dead) at = this.#step(chunk, at, to)
  }

  /** The connection is over: a body without a length ends with it. */
  close(): void {
    if (this.#state === 'until-close' && !this.#dead) this.#sink.end()
  }

  #step(chunk: Buffer, at: number, to: number): number {
    switch (this.#state) {
      case 'upgraded':
        this.#sink.upgraded(chunk, at, to)
        return to
      case 'until-close':
        this.#sink.body(chunk, at, to)
        return to
      case 'length':
      case 'chunk-data':
        return this.#piece(chunk, at, to)
      case 'head':
        return this.#head(chunk, at, to)
      default:
        return this.#line(chunk, at, to)
    }
  }

  #piece(chunk: Buffer, at: number, to: number): number {
    const until = Math.min(to, at + this.#left)
    this.#left -= until - at
    this.#sink.body(chunk, at, until)
    if (this.#left === 0) {
      if (this.#state === 'length') this.#finish()
      else this.#state = 'chunk-end'
    }
    return until
  }

  #head(chunk: Buffer, from: number, to: number): number {
    const until = this.#take(chunk, from, to, MAX_HEAD_BYTES, 'head')
    if (/\r?\n\r?\n$/.test(this.#text)) {
      const text = this.#text
      this.#text = ''
      this.#answer(text)
    }
    return until
  }

  #line(chunk: Buffer, from: number, to: number): number {
    const until = this.#take(chunk, from, to, MAX_LINE, 'line')
    if (!this.#text.endsWith('\n')) return until
    const line = this.#text.trim()
    this.#text = ''
    if (this.#state === 'chunk-end') {
      if (line !== '') this.#break('a chunk that is longer than it said')
      this.#state = 'chunk-size'
    } else if (this.#state === 'trailer') {
      if (line === '') this.#finish()
    } else {
      const [size = ''] = line.split(';')
      if (!/^[0-9a-f]{1,8}$/i.test(size)) this.#break('no size of a chunk')
      else this.#chunk(Number.parseInt(size, 16))
    }
    return until
  }

  #chunk(size: number): void {
    this.#left = size
    this.#state = size === 0 ? 'trailer' : 'chunk-data'
    if (size > MAX_UNIT_BYTES) this.#break(`a chunk of ${size} bytes`)
  }

  /** Up to the next line feed. */
  #take(chunk: Buffer, from: number, to: number, limit: number, what: string): number {
    const lineFeed = chunk.indexOf(LF, from)
    const until = lineFeed >= 0 && lineFeed < to ? lineFeed + 1 : to
    if (this.#text.length + until - from > limit) this.#break(`a ${what} that does not end`)
    else this.#text += chunk.toString('latin1', from, until)
    return until
  }

  #answer(text: string): void {
    const [first = '', ...lines] = text.trimEnd().split(/\r?\n/)
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1])
    if (!(status >= 100)) {
      this.#break('no answer of HTTP/1.1')
      return
    }
    const headers = new Map<string, string>()
    for (const line of lines) {
      const colon = line.indexOf(':')
      if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
    }
    this.#sink.head(status, headers)
    if (this.#dead) return
    if (status === 101) {
      this.#state = 'upgraded'
    } else if (status === 204 || status === 304) {
      this.#finish()
    } else if (/\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')) {
      this.#state = 'chunk-size'
    } else {
      this.#withLength(headers.get('content-length'))
    }
  }

  #withLength(length: string | undefined): void {
    if (length === undefined) {
      this.#state = 'until-close'
      return
    }
    const bytes = /^\d{1,15}$/.test(length) ? Number(length) : Number.NaN
    if (!(bytes <= MAX_UNIT_BYTES)) {
      this.#break(`a body of ${length.slice(0, 20)} bytes`)
      return
    }
    this.#left = bytes
    this.#state = 'length'
    if (bytes === 0) this.#finish()
  }

  #finish(): void {
    this.#state = 'head'
    this.#sink.end()
  }

  #break(reason: string): void {
    if (this.#dead) return
    this.#dead = true
    this.#sink.broken(reason)
  }
}
