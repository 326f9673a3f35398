/**
 * Address of our own page. Nothing is ever sent there, because playwright answers for it; a loopback
 * address makes it a secure context, without which a page may not look into video frames.
 */
export const OWN_PAGE_URL = 'http://127.0.0.1:9/liveproof-player'

/** A page with the least that plays H5Live through MSE, for targets that bring no player page. */
export function ownPage(websocketUrl: string): string {
  const url = JSON.stringify(websocketUrl).replaceAll('<', '\\u003c')
  return `<!doctype html><meta charset="utf-8"><title>liveproof</title>
<style>body{margin:0;background:#000}video{width:100vw;height:100vh}</style>
<video muted playsinline></video>
<script>(${playH5Live})(${url})</script>`
}

/** Runs inside the page. */
function playH5Live(url: string): void {
  const LIVE_EDGE_S = 0.3
  const MAX_BEHIND_S = 1.5
  const KEEP_S = 10
  const video = document.querySelector('video')!
  const source = new MediaSource()
  const queue: ArrayBuffer[] = []
  let buffer: SourceBuffer | null = null
  let mimeType = ''

  const pump = () => {
    if (!buffer || buffer.updating || source.readyState !== 'open') return
    const { buffered } = video
    const from = buffered.length > 0 ? buffered.start(0) : 0
    if (queue.length === 0 && video.currentTime - from > 2 * KEEP_S) {
      buffer.remove(from, video.currentTime - KEEP_S)
      return
    }
    const next = queue.shift()
    if (next) buffer.appendBuffer(next)
  }
  const keepUp = () => {
    const { buffered } = video
    if (buffered.length === 0) return
    const end = buffered.end(buffered.length - 1)
    if (video.currentTime < buffered.start(0) || end - video.currentTime > MAX_BEHIND_S) {
      video.currentTime = Math.max(buffered.start(buffered.length - 1), end - LIVE_EDGE_S)
    }
    if (video.paused) void video.play().catch(() => {})
  }
  video.src = URL.createObjectURL(source)
  source.addEventListener('sourceopen', () => {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') {
        const message = JSON.parse(data)
        mimeType = message?.data?.mimeType ?? mimeType
        return
      }
      if (!buffer) {
        buffer = source.addSourceBuffer(mimeType)
        buffer.addEventListener('updateend', () => {
          keepUp()
          pump()
        })
      }
      queue.push(data)
      pump()
    })
  })
}
