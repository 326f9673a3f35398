/** What a broadcast needs to know of its endpoint. */
export interface WhipAddress {
  readonly url: string
  /** Null where none is wanted. */
  readonly token: string | null
}

/** Longest wait for candidates before the offer goes out, ms. */
const GATHER_MS = 1_000
const REQUEST_MS = 10_000

/** One WHIP session (RFC 9725) of a browser. */
export class WhipClient {
  readonly connection: RTCPeerConnection
  readonly #address: WhipAddress
  #session: string | null = null

  constructor(address: WhipAddress) {
    this.#address = address
    this.connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
  }

  /** Sends the stream's tracks, H.264 first. Throws when the endpoint refuses. */
  async publish(stream: MediaStream, maxBitrate: number): Promise<void> {
    for (const track of stream.getTracks()) {
      const transceiver = this.connection.addTransceiver(track, {
        direction: 'sendonly',
        streams: [stream],
        ...(track.kind === 'video' ? { sendEncodings: [{ maxBitrate }] } : {}),
      })
      if (track.kind === 'video') preferH264(transceiver)
    }
    await this.connection.setLocalDescription()
    await this.#gathered()
    const response = await this.#request(this.#address.url, 'POST', {
      'Content-Type': 'application/sdp',
    })
    const text = await response.text()
    if (response.status !== 201) throw new Error(`${response.status}: ${text}`)
    const location = response.headers.get('location')
    if (location !== null) this.#session = new URL(location, response.url).href
    await this.connection.setRemoteDescription({ type: 'answer', sdp: text })
  }

  async stop(): Promise<void> {
    const session = this.#session
    this.#session = null
    if (session !== null) await this.#request(session, 'DELETE', {}).catch(() => undefined)
    this.connection.close()
  }

  #request(url: string, method: 'POST' | 'DELETE', headers: Record<string, string>) {
    const { token } = this.#address
    return fetch(url, {
      method,
      headers: { ...headers, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(REQUEST_MS),
      ...(method === 'POST' ? { body: this.connection.localDescription?.sdp ?? '' } : {}),
    })
  }

  #gathered(): Promise<void> {
    const { connection } = this
    return new Promise((resolve) => {
      const check = () => {
        if (connection.iceGatheringState === 'complete') resolve()
      }
      connection.addEventListener('icegatheringstatechange', check)
      setTimeout(resolve, GATHER_MS)
      check()
    })
  }
}

function preferH264(transceiver: RTCRtpTransceiver): void {
  const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? []
  const h264 = codecs.filter(({ mimeType }) => mimeType === 'video/H264')
  if (h264.length === 0) return
  const rest = codecs.filter(({ mimeType }) => mimeType !== 'video/H264')
  transceiver.setCodecPreferences([...h264, ...rest])
}
