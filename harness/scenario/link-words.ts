import type { Loss, Settings } from '../network/link-spec.ts'

/** What a direction does to packets, in a few words; delays in ms one way. */
export function settingsText(settings: Settings, traced = false): string {
  const { rateKbps, delayMs, jitter, loss, duplicate, reorder, corrupt, mtu, blackout } = settings
  const parts = [
    blackout ? 'blackout' : '',
    traced ? 'recorded trace' : rateKbps === null ? '' : rateText([rateKbps]),
    delayMs > 0 ? `${rounded(delayMs)} ms` : '',
    jitter ? 'jitter' : '',
    loss.length > 0 ? lossText([loss]) : '',
    duplicate ? 'duplicates' : '',
    reorder || jitter?.reorder ? 'reordering' : '',
    corrupt ? 'corruption' : '',
    mtu === null ? '' : `MTU ${mtu}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'nothing impaired' : parts.join(', ')
}

/** One rate, or from the lowest to the highest of several, kbit/s. */
export function rateText(rates: readonly number[]): string {
  const low = Math.min(...rates)
  const high = Math.max(...rates)
  const unit = high >= 1_000 ? 'Mbit/s' : 'kbit/s'
  const text = (kbps: number) => rounded(high >= 1_000 ? kbps / 1_000 : kbps)
  return low === high ? `${text(high)} ${unit}` : `${text(low)}–${text(high)} ${unit}`
}

export function delayText(delays: readonly number[]): string {
  const low = rounded(Math.min(...delays))
  const high = rounded(Math.max(...delays))
  return `${low === high ? high : `${low}–${high}`} ms delay`
}

export function lossText(losses: readonly Settings['loss'][]): string {
  const shares = losses.map(meanLoss)
  const low = rounded(100 * Math.min(...shares))
  const high = rounded(100 * Math.max(...shares))
  return `${low === high ? high : `${low}–${high}`} % loss`
}

/** Share of packets that such models lose in the long run; packets chosen one by one count as none. */
export function meanLoss(losses: Settings['loss']): number {
  return 1 - losses.reduce((kept, loss) => kept * (1 - meanOf(loss)), 1)
}

function meanOf(loss: Loss): number {
  switch (loss.kind) {
    case 'bernoulli':
      return loss.p
    case 'periodic':
      return 1 / loss.every
    case 'indices':
      return 0
    case 'gilbert-elliott': {
      const { toBad, toGood, lossGood, lossBad } = loss
      const bad = toBad + toGood === 0 ? 0 : toBad / (toBad + toGood)
      return bad * lossBad + (1 - bad) * lossGood
    }
  }
}

/** Three significant digits. */
function rounded(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 })
}
