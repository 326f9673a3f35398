import type { BAR_CODE_HEIGHT } from '../measure/bar-code.ts'

export interface ClockCameraSettings {
  /** Which of the cells are white, by frame number modulo the number of rows. */
  readonly cells: readonly (readonly boolean[])[]
  /** Of the strip, as a fraction of the picture's height. */
  readonly stripHeight: typeof BAR_CODE_HEIGHT
  readonly frameRate: number
}

declare global {
  interface Window {
    /** When each frame was drawn, `performance.now()` by frame number. */
    liveproofDrawnAt: number[]
  }
}

/**
 * Runs in the page, before its own code: in the place of the camera stands a canvas with a moving
 * picture and the number of its frame as a bar code.
 */
export function clockCamera({ cells, stripHeight, frameRate }: ClockCameraSettings): void {
  const drawnAt: number[] = []
  window.liveproofDrawnAt = drawnAt
  const camera = (width: number, height: number): MediaStream => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width, height })
    const context = canvas.getContext('2d', { alpha: false })
    if (context === null) throw new Error('no canvas')
    const stream = canvas.captureStream(0)
    const [track] = stream.getVideoTracks() as CanvasCaptureMediaStreamTrack[]
    const draw = () => {
      const number = drawnAt.length
      context.fillStyle = '#345'
      context.fillRect(0, 0, width, height)
      for (let bar = 0; bar < 8; bar++) {
        context.fillStyle = `hsl(${bar * 45} 60% 50%)`
        context.fillRect(
          (number * 7 + (bar * width) / 8) % width,
          height / 3,
          width / 16,
          height / 2,
        )
      }
      const row = cells[number % cells.length] ?? []
      for (const [cell, white] of row.entries()) {
        context.fillStyle = white ? '#fff' : '#000'
        const left = Math.round((cell * width) / row.length)
        const right = Math.round(((cell + 1) * width) / row.length)
        context.fillRect(left, 0, right - left, Math.round(height * stripHeight))
      }
      drawnAt.push(performance.now())
      track?.requestFrame()
    }
    draw()
    setInterval(draw, 1000 / frameRate)
    return stream
  }
  const devices = navigator.mediaDevices
  const plain = devices.getUserMedia.bind(devices)
  devices.getUserMedia = async (wanted: MediaStreamConstraints = {}) => {
    const { width = 640, height = 360 } = (wanted.video ?? {}) as {
      width?: number
      height?: number
    }
    const stream = camera(Number(width), Number(height))
    if (!wanted.audio) return stream
    const audio = await plain({ audio: wanted.audio })
    for (const track of audio.getAudioTracks()) stream.addTrack(track)
    return stream
  }
}
