import { WireError } from '../errors.ts'
import { sequenceDifference } from '../wire/srt-sequence.ts'
import type { Fault } from './fault.ts'

export const srtFaults: readonly Fault[] = [
  {
    id: 'stateful-induction',
    summary: 'Each induction is kept, and any cookie is taken.',
    breaks: ['srt.server.listener'],
    install({ srt }) {
      const kept: Uint8Array[] = []
      srt.induction = (packet) => void kept.push(packet)
      srt.cookieHolds = () => true
    },
  },
  {
    id: 'min-latency',
    summary: 'The smaller latency of the two is agreed on.',
    breaks: ['srt.server.latency'],
    install({ srt }) {
      srt.latency = (ours, theirs) => Math.min(ours, theirs)
    },
  },
  {
    id: 'plaintext-fallback',
    summary: 'Callers without a usable key may publish in plain.',
    breaks: ['srt.server.passphrase'],
    install({ srt }) {
      srt.unsecured = () => true
    },
  },
  {
    id: 'no-periodic-nak',
    summary: 'A loss is reported once and never again.',
    breaks: ['srt.server.arq', 'resilience.srt-loss'],
    install({ srt }) {
      srt.periodicNak = () => []
    },
  },
  {
    id: 'forward-only',
    summary: 'A packet that comes behind a newer one is thrown away.',
    breaks: ['resilience.srt-loss', 'resilience.reordering'],
    install({ srt }) {
      srt.takes = () => {
        let newest: number | null = null
        return ({ sequence }) => {
          if (newest !== null && sequenceDifference(sequence, newest) < 0) return false
          newest = sequence
          return true
        }
      }
    },
  },
  {
    id: 'waits-forever',
    summary: 'What is missing is waited for, however late it is.',
    breaks: ['srt.server.too-late'],
    install({ srt }) {
      srt.dropsTooLate = () => false
    },
  },
  {
    id: 'hoards-inductions',
    summary: 'Each induction gets memory of its own, for good.',
    breaks: ['srt.server.survives'],
    install({ srt }) {
      const kept: Buffer[] = []
      srt.induction = () => void kept.push(Buffer.alloc(100_000, 1))
    },
  },
  {
    id: 'crash-on-km',
    summary: 'Broken key material ends the process.',
    breaks: ['srt.server.survives'],
    install({ srt }) {
      srt.badInput = (error) => {
        if (error.code !== 'LP_SRT_KM') return
        setImmediate(() => {
          throw new WireError(error.code, `crash-on-km: ${error.message}`)
        })
      }
    },
  },
  {
    id: 'keeps-silent-callers',
    summary: 'A caller that fell silent is never given up, and nobody takes its place.',
    breaks: ['resilience.srt-rebinding'],
    install({ srt, live }) {
      const previous = srt.limits
      const forever = 3_600_000
      srt.limits = (limits) => ({ ...previous(limits), peerIdleMs: forever, silentMs: forever })
      live.verdict = (verdict) =>
        verdict.action === 'take-over' ? { action: 'refuse', refusal: 'duplicate' } : verdict
    },
  },
]
