import { broken, holds, skipped } from '../findings.ts'
import { hlsRule } from './hls-rule.ts'

const LEAST = 2
const RECOMMENDED = 3
const EXPECTED = `PART-HOLD-BACK ≥ ${LEAST}× PART-TARGET, recommended ≥ ${RECOMMENDED}×`

export const partHoldBack = hlsRule(
  {
    id: 'hls.part-hold-back',
    level: 'must',
    title: 'Players are kept at least two, better three parts behind the live edge',
    source: { document: 'RFC 8216bis', clause: '4.4.3.8' },
    advice: 'set PART-HOLD-BACK to three times PART-TARGET or more',
    mutants: [{ kind: 'fault', id: 'hold-back-1x' }],
  },
  async (probe) => {
    const { partTarget, partHoldBack } = (await probe.playlist()).playlist
    if (partTarget === null) return skipped(EXPECTED, 'the playlist has no parts')
    if (partHoldBack === null) return broken(EXPECTED, 'PART-HOLD-BACK is missing')
    const times = partHoldBack / partTarget
    const actual = `${partHoldBack} s, ${times.toFixed(2)}× ${partTarget} s`
    // A thousandth for what decimals lose.
    if (times < LEAST - 0.001) return broken(EXPECTED, actual)
    if (times < RECOMMENDED - 0.001) return { result: 'warned', expected: EXPECTED, actual }
    return holds(EXPECTED, actual)
  },
)
