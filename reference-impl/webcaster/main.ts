import { WhipClient } from './whip-client.ts'

/** What a test may look at: `window.liveproofWebcaster`. */
interface WebcasterView {
  state: 'idle' | 'starting' | 'broadcasting' | 'failed'
  error: string | null
  start(): Promise<void>
  stop(): Promise<void>
  stats(): Promise<Record<string, number>>
}

const parameters = new URLSearchParams(location.search)
const number = (name: string, fallback: number) => Number(parameters.get(name) ?? fallback)
const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T

let client: WhipClient | null = null
let media: MediaStream | null = null

const view: WebcasterView = {
  state: 'idle',
  error: null,
  async start() {
    show('starting')
    try {
      media = await navigator.mediaDevices.getUserMedia({
        video: {
          width: number('width', 1280),
          height: number('height', 720),
          frameRate: number('fps', 30),
        },
        audio: parameters.get('audio') !== '0',
      })
      element<HTMLVideoElement>('preview').srcObject = media
      client = new WhipClient({ url: endpoint(), token: null })
      client.connection.addEventListener('connectionstatechange', () => connectionChanged())
      await client.publish(media, number('kbps', 1_000) * 1_000)
    } catch (error) {
      fail(error)
      throw error
    }
  },
  async stop() {
    await client?.stop()
    for (const track of media?.getTracks() ?? []) track.stop()
    client = null
    show('idle')
  },
  async stats() {
    const figures: Record<string, number> = {}
    for (const report of (await client?.connection.getStats())?.values() ?? []) {
      if (report.type !== 'outbound-rtp') continue
      figures[`${report.kind}BytesSent`] = report.bytesSent
      if (report.kind === 'video') {
        figures['framesSent'] = report.framesSent
        figures['keyFramesEncoded'] = report.keyFramesEncoded
        figures['pliCount'] = report.pliCount
        figures['nackCount'] = report.nackCount
      }
    }
    return figures
  },
}

function endpoint(): string {
  const query = new URLSearchParams({
    stream_name: parameters.get('stream') ?? element<HTMLInputElement>('stream').value,
    stream_url: document.body.dataset['streamUrl'] ?? '',
  })
  return parameters.get('whip') ?? `/p/webrtc?${query}`
}

function connectionChanged(): void {
  const state = client?.connection.connectionState
  if (state === 'connected') show('broadcasting')
  else if (state === 'failed') fail(new Error('the connection was lost'))
}

function show(state: WebcasterView['state']): void {
  view.state = state
  element('state').textContent = state
}

function fail(error: unknown): void {
  view.error = String(error)
  show('failed')
  element('error').textContent = view.error
}

Object.assign(window, { liveproofWebcaster: view })
element<HTMLInputElement>('stream').value = parameters.get('stream') ?? ''
element('start').addEventListener('click', () => void view.start().catch(() => undefined))
element('stop').addEventListener('click', () => void view.stop())
