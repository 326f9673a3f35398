import type { SrtCallerEvent, SrtCallerOptions } from '../../reference-impl/wire/srt-caller.ts'
import { srtRejectText } from '../../reference-impl/wire/srt-reject.ts'
import { EncoderError } from './encoder-error.ts'
import { CONNECT_TIMEOUT_MS } from './limits.ts'
import { SrtCallerSocket } from './srt-caller-socket.ts'
import type { SrtWire } from './srt-wire.ts'

export interface SrtConnectionOptions {
  readonly wire: SrtWire
  /** `srt://host:port`, with `passphrase` where the target wants one. */
  readonly url: string
  /** With parameters, if any. */
  readonly streamName: string
  /** Once, after publishing began: the connection is gone. */
  readonly onClose: () => void
}

/** One call of a simulated encoder. */
export class SrtConnection {
  #socket: SrtCallerSocket | null = null
  readonly #opened = Promise.withResolvers<void>()
  readonly #options: SrtConnectionOptions
  #publishing = false

  private constructor(options: SrtConnectionOptions) {
    this.#options = options
  }

  /**
   * Resolves once the target lets the encoder publish.
   * @throws EncoderError `LP_ENCODER_CONNECT`, `LP_ENCODER_TIMEOUT`, `LP_ENCODER_REFUSED`
   */
  static async open(options: SrtConnectionOptions): Promise<SrtConnection> {
    const { wire } = options
    const address = new URL(options.url)
    const passphrase = address.searchParams.get('passphrase')
    const connection = new SrtConnection(options)
    const socket = new SrtCallerSocket({
      host: address.hostname.replace(/^\[|\]$/g, ''),
      port: Number(address.port),
      ...srtCallOf(wire, options.streamName, passphrase),
      onEvent: (event) => connection.#event(event),
    })
    connection.#socket = socket
    const deadline = setTimeout(() => {
      const text = `no answer for ${CONNECT_TIMEOUT_MS} ms`
      connection.#opened.reject(new EncoderError('LP_ENCODER_TIMEOUT', text))
    }, CONNECT_TIMEOUT_MS)
    try {
      await connection.#opened.promise
    } catch (error) {
      await socket.close()
      throw error
    } finally {
      clearTimeout(deadline)
    }
    return connection
  }

  get congested(): boolean {
    return this.#socket?.caller.congested ?? false
  }

  send(payload: Uint8Array): boolean {
    return this.#socket?.send(payload) ?? false
  }

  async stop(): Promise<void> {
    await this.#socket?.shutdown()
  }

  /** Vanishes without a word. */
  cut(): void {
    void this.#socket?.close()
  }

  #event(event: SrtCallerEvent): void {
    if (event.type === 'connected') {
      this.#publishing = true
      this.#opened.resolve()
    } else if (event.type === 'rejected') {
      const status = String(event.reason)
      const text = `rejected: ${srtRejectText(1_000 + event.reason)}`
      this.#opened.reject(new EncoderError('LP_ENCODER_REFUSED', text, status))
    } else if (this.#publishing) {
      void this.#socket?.close()
      this.#options.onClose()
    } else {
      const text = 'the target did not answer the call'
      this.#opened.reject(new EncoderError('LP_ENCODER_CONNECT', text))
    }
  }
}

/** How a profile calls. */
export function srtCallOf(
  wire: SrtWire,
  streamName: string,
  passphrase: string | null = null,
): Omit<SrtCallerOptions, 'now'> {
  return {
    streamId: streamIdOf(wire, streamName),
    latencyMs: wire.latencyMs,
    version: versionNumber(wire.version),
    flags: wire.flags,
    inOrder: wire.inOrder,
    ignoresNak: !wire.answersNak,
    stayAtVersion4: wire.handshake === 4,
    ...(passphrase === null ? {} : { keys: { passphrase, keyBytes: wire.keyBytes } }),
  }
}

function streamIdOf(wire: SrtWire, streamName: string): string {
  const forms = {
    push: `push:${streamName}`,
    plain: streamName,
    'access-control': `#!::m=publish,r=${streamName}`,
  }
  const id = forms[wire.streamId]
  const { streamIdLength = 0 } = wire
  return id.length >= streamIdLength ? id : `${id}?x=`.padEnd(streamIdLength, 'x')
}

function versionNumber(text: string): number {
  const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number)
  return (major << 16) | (minor << 8) | patch
}
