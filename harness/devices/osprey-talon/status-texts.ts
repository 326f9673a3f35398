import type { ChannelState, ChannelStatus } from './channel.ts'

const STATES: Record<ChannelState, string> = {
  stopped: 'Stopped',
  connecting: 'Connecting',
  streaming: 'Streaming',
  interrupted: 'Interrupted, trying again',
  failed: 'Failed',
}

/** A status as its reader wants it, with units. */
export function statusTexts(status: ChannelStatus) {
  return {
    state: STATES[status.state],
    message: status.state === 'failed' ? status.message : '',
    protocol: status.protocol || '–',
    destination: status.destination || '–',
    seconds: `${status.seconds} s`,
    frames: String(status.frames),
    kbps: `${status.kbps} kbit/s`,
    reconnects: String(status.reconnects),
  }
}
