import type { LiveState } from '../../../harness/validate/live-state.ts'
import { el } from '../dom.ts'

/** What is going on, and for how long still. */
export function phaseBanner() {
  const title = el('h1', 'value', 'Connecting to liveproof…')
  const left = el('span', 'left')
  const bar = el('progress', { attributes: { max: '1', value: '0', 'aria-label': 'elapsed' } })
  const hint = el('p', { class: 'hint value', attributes: { role: 'status' } })
  const element = el('div', 'phase', title, left, bar, hint)
  return {
    element,
    show(state: LiveState): void {
      const { phase, secondsLeft, durationS, verdict } = state
      title.textContent = titleOf(state)
      left.textContent = phase === 'over' ? '' : `${Math.ceil(secondsLeft)} s left`
      bar.hidden = phase !== 'watching'
      bar.value = 1 - Math.min(1, secondsLeft / durationS)
      hint.textContent = verdict ? `Report: ${verdict.report}` : (state.hint ?? '')
      element.className = `phase ${verdict?.status ?? ''}`
    },
  }
}

function titleOf({ phase, protocol, device, link, verdict }: LiveState): string {
  const over = link === null ? '' : `, over the link ${link}`
  switch (phase) {
    case 'waiting':
      return `Waiting for an encoder over ${protocol.toUpperCase()}${over}`
    case 'watching':
      return `Watching ${device ?? 'the encoder'}${over}`
    case 'stopping':
      return 'Stop the encoder now, as you usually do'
    default:
      return verdict?.sentence ?? 'Over'
  }
}
