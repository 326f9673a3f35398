import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A page with hls.js, which plays HLS through MSE: with its parts, or by whole segments. */
export function hlsPage(playlistUrl: string, lowLatency: boolean): string {
  const library = readFileSync(require.resolve('hls.js/dist/hls.min.js'), 'utf8')
  const url = JSON.stringify(playlistUrl).replaceAll('<', '\\u003c')
  return `<!doctype html><meta charset="utf-8"><title>liveproof</title>
<style>body{margin:0;background:#000}video{width:100vw;height:100vh}</style>
<video muted playsinline></video>
<script>${library.replaceAll('</script', '<\\/script')}</script>
<script>(${playHls})(${url}, ${lowLatency})</script>`
}

interface HlsPlayer {
  readonly latency: number
  readonly targetLatency: number | null
  loadSource(url: string): void
  attachMedia(video: HTMLVideoElement): void
  on(event: string, listener: (event: string, data: HlsError) => void): void
}

interface HlsError {
  readonly type: string
  readonly details: string
  readonly fatal: boolean
}

type HlsConstructor = new (config: { lowLatencyMode: boolean; enableWorker: boolean }) => HlsPlayer

/** Runs inside the page. */
function playHls(url: string, lowLatency: boolean): void {
  const page = window as unknown as {
    Hls: HlsConstructor
    liveproofPlayer?: { stats: () => unknown }
  }
  const video = document.querySelector('video')!
  // A worker would need an address of its own to be loaded from.
  const hls = new page.Hls({ lowLatencyMode: lowLatency, enableWorker: false })
  const errors: string[] = []
  hls.on('hlsError', (_event, { type, details, fatal }) => {
    if (errors.length < 100) errors.push(`${fatal ? 'fatal ' : ''}${type}: ${details}`)
    // Uncaught, so that whoever watches the page hears of it.
    if (fatal) setTimeout(() => Promise.reject(new Error(`hls.js: ${type}: ${details}`)))
  })
  hls.on('hlsManifestParsed', () => void video.play().catch(() => {}))
  hls.loadSource(url)
  hls.attachMedia(video)
  page.liveproofPlayer = {
    stats: () => ({ latency: hls.latency, targetLatency: hls.targetLatency, errors }),
  }
}
