/** One picture as the page saw it: see `PresentedFrame` for the fields. */
export type RawPresented = [
  presentedAt: number,
  expectedDisplayAt: number,
  mediaTime: number,
  presentedFrames: number,
  width: number,
  height: number,
  cells: number[],
  bufferedSeconds: number,
]

export interface PageReport {
  frames: RawPresented[]
  errors: string[]
}

/** Where the picture's bar code is, passed in because the probe runs in the page and sees nothing of ours. */
export interface ProbeSettings {
  /** Name of the function through which reports reach us. */
  readonly report: string
  readonly cells: number
  /** Height of the strip as a fraction of the picture's. */
  readonly stripHeight: number
}

/**
 * Runs inside the page, before any of its scripts: looks over the shoulder of whatever `video`
 * comes to life there, whoever plays it.
 */
export function pageProbe(settings: ProbeSettings): void {
  const FLUSH_FRAMES = 15
  const FLUSH_MS = 200
  const CELL_PX = 8
  const SAME_PICTURE_S = 0.002
  const report = (batch: PageReport) =>
    (window as unknown as Record<string, (batch: PageReport) => void>)[settings.report]?.(batch)
  const canvas = new OffscreenCanvas(settings.cells * CELL_PX, 2)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const watched = new WeakSet<HTMLVideoElement>()
  let frames: RawPresented[] = []
  let flushedAt = 0

  /**
   * A late callback finds the next picture on screen. The frame's own timestamp tells which one it
   * is; the cells of another picture than the one that is reported would be a lie.
   */
  const readCells = (video: HTMLVideoElement, mediaTime: number): number[] => {
    if (!context || typeof VideoFrame === 'undefined') return []
    const frame = new VideoFrame(video)
    try {
      if (Math.abs(frame.timestamp / 1e6 - mediaTime) > SAME_PICTURE_S) return []
      const strip = frame.displayHeight * settings.stripHeight
      // The middle half of the strip, so that its lower edge does not shine in.
      const [top, height] = [strip / 4, strip / 2]
      context.drawImage(frame, 0, top, frame.displayWidth, height, 0, 0, canvas.width, 2)
    } finally {
      frame.close()
    }
    const { data } = context.getImageData(0, 0, canvas.width, 1)
    return Array.from({ length: settings.cells }, (_, cell) => {
      const at = (cell * CELL_PX + CELL_PX / 2) * 4
      return Math.round(0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!)
    })
  }

  /** Media behind the picture on screen that could be played without another byte, in s. */
  const bufferedAfter = ({ buffered }: HTMLVideoElement, mediaTime: number): number => {
    for (let range = 0; range < buffered.length; range++) {
      if (buffered.start(range) <= mediaTime + SAME_PICTURE_S && mediaTime <= buffered.end(range))
        return buffered.end(range) - mediaTime
    }
    return 0
  }

  const watch = (video: HTMLVideoElement) => {
    if (watched.has(video)) return
    watched.add(video)
    const presented: VideoFrameRequestCallback = (now, metadata) => {
      video.requestVideoFrameCallback(presented)
      frames.push([
        metadata.presentationTime,
        metadata.expectedDisplayTime,
        metadata.mediaTime,
        metadata.presentedFrames,
        metadata.width,
        metadata.height,
        readCells(video, metadata.mediaTime),
        bufferedAfter(video, metadata.mediaTime),
      ])
      if (frames.length >= FLUSH_FRAMES || now - flushedAt >= FLUSH_MS) {
        report({ frames, errors: [] })
        frames = []
        flushedAt = now
      }
    }
    video.requestVideoFrameCallback(presented)
    video.addEventListener('error', () => {
      const { code, message } = video.error ?? { code: 0, message: 'unknown' }
      report({ frames: [], errors: [`media error ${code}: ${message}`] })
    })
  }

  const look = () => {
    for (const video of document.querySelectorAll('video')) watch(video)
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
  document.addEventListener('DOMContentLoaded', look)
}
