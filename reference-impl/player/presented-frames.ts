/** One frame as the browser presented it; times in ms of `performance.now()`. */
export interface PresentedFrame {
  /** When the callback ran. */
  readonly now: number
  readonly presentationTime: number
  readonly expectedDisplayTime: number
  /** s, on the media timeline */
  readonly mediaTime: number
  /** Count of the browser: a step above one is a frame without a callback. */
  readonly presentedFrames: number
  readonly width: number
  readonly height: number
}

const MAX_KEPT = 3000

/** Notes each frame that a video element presents; the last ones are kept. */
export class PresentedFrames {
  readonly frames: PresentedFrame[] = []
  count = 0
  readonly #onFrame: (frame: PresentedFrame) => void

  constructor(video: HTMLVideoElement, onFrame: (frame: PresentedFrame) => void) {
    this.#onFrame = onFrame
    const callback: VideoFrameRequestCallback = (now, metadata) => {
      this.#add(now, metadata)
      video.requestVideoFrameCallback(callback)
    }
    video.requestVideoFrameCallback(callback)
  }

  #add(now: number, metadata: VideoFrameCallbackMetadata): void {
    const { presentationTime, expectedDisplayTime, mediaTime, presentedFrames } = metadata
    const { width, height } = metadata
    const frame = {
      now,
      presentationTime,
      expectedDisplayTime,
      mediaTime,
      presentedFrames,
      width,
      height,
    }
    this.count += 1
    this.frames.push(frame)
    if (this.frames.length > MAX_KEPT) this.frames.splice(0, MAX_KEPT / 2)
    this.#onFrame(frame)
  }
}
