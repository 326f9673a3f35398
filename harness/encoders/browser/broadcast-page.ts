import type { BrowserWire } from '../browser-wire.ts'

/** Of one connection. */
export interface BroadcastStats {
  readonly frames: number
  readonly bytes: number
}

interface Broadcast {
  media: MediaStream
  connection: RTCPeerConnection
  /** Address of the WHIP session; null where the endpoint named none. */
  session: string | null
}

declare global {
  interface Window {
    liveproofBroadcast?: Broadcast
    liveproofLost?: () => void
  }
}

/**
 * Runs inside the page, and sees nothing of ours: publishes the camera, and resolves once it is
 * connected. What the endpoint answered instead of 201 is the error's message.
 */
export async function broadcast(options: { url: string; wire: BrowserWire }): Promise<void> {
  const CONNECT_MS = 15_000
  const REQUEST_MS = 10_000
  const { wire } = options
  const { width, height, frameRate, maxKbps } = wire
  const media =
    window.liveproofBroadcast?.media ??
    (await navigator.mediaDevices.getUserMedia({
      video: { width, height, frameRate },
      audio: true,
    }))
  // A browser follows redirects by itself, but a POST that was redirected cannot be preflighted.
  const url = wire.asksFirst
    ? (await fetch(options.url, { method: 'HEAD', signal: AbortSignal.timeout(REQUEST_MS) })).url
    : options.url
  const { host } = new URL(url)
  const iceServers = wire.iceAtHost
    ? [{ urls: `stun:${host}` }, { urls: `turn:${host}`, ...wire.iceAtHost }]
    : []
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers })
  for (const track of media.getTracks()) {
    const video = track.kind === 'video'
    const transceiver = connection.addTransceiver(track, {
      direction: 'sendonly',
      streams: [media],
      ...(video ? { sendEncodings: [{ maxBitrate: maxKbps * 1000 }] } : {}),
    })
    const codecs = RTCRtpSender.getCapabilities(track.kind)?.codecs ?? []
    const isH264 = ({ mimeType }: { mimeType: string }) => mimeType === 'video/H264'
    const rest = codecs.filter((codec) => !isH264(codec))
    if (!video) continue
    transceiver.setCodecPreferences([...codecs.filter(isH264), ...rest])
    if (!wire.keepsResolution) continue
    const parameters = transceiver.sender.getParameters()
    parameters.degradationPreference = 'maintain-resolution'
    await transceiver.sender.setParameters(parameters)
  }
  await connection.setLocalDescription()
  await new Promise<void>((resolve) => {
    const check = () => connection.iceGatheringState === 'complete' && resolve()
    connection.addEventListener('icegatheringstatechange', check)
    setTimeout(resolve, wire.gatherMs)
    check()
  })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp' },
    body: connection.localDescription?.sdp ?? '',
    signal: AbortSignal.timeout(REQUEST_MS),
  })
  const answer = await response.text()
  if (response.status !== 201) {
    connection.close()
    throw new Error(`${response.status}: ${answer}`)
  }
  const location = response.headers.get('location')
  const session = location === null ? null : new URL(location, response.url).href
  window.liveproofBroadcast = { media, connection, session }
  await connection.setRemoteDescription({ type: 'answer', sdp: answer })
  await new Promise<void>((resolve, reject) => {
    const check = () => {
      if (connection.connectionState === 'connected') resolve()
      else if (connection.connectionState === 'failed') reject(new Error('ICE or DTLS failed'))
    }
    connection.addEventListener('connectionstatechange', check)
    setTimeout(() => reject(new Error('ICE and DTLS were not finished in time')), CONNECT_MS)
    check()
  })
  connection.addEventListener('connectionstatechange', () => {
    const lost = ['disconnected', 'failed'].includes(connection.connectionState)
    if (lost && window.liveproofBroadcast?.connection === connection) window.liveproofLost?.()
  })
}

/** Runs inside the page: what the current connection has sent. */
export async function broadcastStats(): Promise<BroadcastStats> {
  let [frames, bytes] = [0, 0]
  const reports = (await window.liveproofBroadcast?.connection.getStats())?.values() ?? []
  for (const report of reports) {
    if (report.type !== 'outbound-rtp') continue
    bytes += report.bytesSent
    frames += report.kind === 'video' ? report.framesSent : report.packetsSent
  }
  return { frames, bytes }
}

/** Runs inside the page: ends the connection, and the session too where `deletes`. */
export async function endBroadcast(deletes: boolean): Promise<void> {
  const { connection, session } = window.liveproofBroadcast ?? {}
  const signal = AbortSignal.timeout(2_000)
  if (deletes && session) await fetch(session, { method: 'DELETE', signal }).catch(() => undefined)
  connection?.close()
}

/** Runs inside the page: sends nothing, or the camera again. */
export async function muteBroadcast(muted: boolean): Promise<void> {
  const { connection, media } = window.liveproofBroadcast ?? {}
  const tracks = media?.getTracks() ?? []
  for (const { sender, receiver } of connection?.getTransceivers() ?? []) {
    const track = tracks.find(({ kind }) => kind === receiver.track.kind) ?? null
    await sender.replaceTrack(muted ? null : track)
  }
}
