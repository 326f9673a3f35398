import { randomBytes } from 'node:crypto'
import type { EncoderError } from '../../encoders/encoder-error.ts'
import { loadProfile } from '../../encoders/load-profile.ts'
import { SrtConnection } from '../../encoders/srt-connection.ts'
import { UsageError } from '../../errors.ts'
import { MemoryWatch } from '../../measure/memory-watch.ts'
import { skipped } from '../findings.ts'
import { ingestSessions } from '../ingest-sessions.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import type { ProbedRule } from '../rule.ts'
import { nullPayload, onSrtStage, waitFor } from './on-srt.ts'

const DRAFT = 'draft-sharabayko-srt'
const PASSPHRASE = 'a wrong passphrase is refused, none too; the right one decrypts'
const SURVIVES = 'malformed packets end nothing but themselves, and take no memory'
const FLOOD = 2_000
/** MB by which the process may grow meanwhile; what comes and goes by itself is less. */
const MOST_GROWTH_MB = 64

export const passphraseRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'srt.server.passphrase',
  level: 'must',
  title: 'Only callers with the right passphrase publish where there is one',
  source: { document: DRAFT, clause: '§6' },
  advice: 'refuse a caller whose key cannot be unwrapped; never fall back to plain',
  mutants: [{ kind: 'fault', id: 'plaintext-fallback' }],
  probe: (context) =>
    onSrtStage(context, PASSPHRASE, async (stage) => {
      const encrypted = context.target.reference?.srtEncrypted
      if (!encrypted) return skipped(PASSPHRASE, 'the target tells no passphrase')
      const { srt: wire } = loadProfile('obs-29')
      if (!wire) throw new UsageError('LP_PROFILE_INVALID', 'profile "obs-29" has no SRT')
      const dial = async (passphrase: string | null, keyBytes: 16 | 24 | 32) => {
        const { name } = await stage.context.createStream()
        const url =
          passphrase === null ? encrypted.url : `${encrypted.url}?passphrase=${passphrase}`
        try {
          const options = { wire: { ...wire, keyBytes }, url, streamName: name }
          const connection = await SrtConnection.open({ ...options, onClose: () => undefined })
          return { name, connection, status: null }
        } catch (error) {
          return { name, connection: null, status: (error as EncoderError).status }
        }
      }
      const cases: Case[] = []
      for (const [what, passphrase] of [
        ['no passphrase', null],
        ['a wrong passphrase', 'not-the-passphrase'],
      ] as const) {
        const { connection, status } = await dial(passphrase, 16)
        await connection?.stop()
        const seen = connection ? 'was accepted' : 'got no reason code'
        cases.push({ name: what, ok: !connection && status !== null, seen })
      }
      for (const keyBytes of [16, 24, 32] as const) {
        const { name, connection } = await dial(encrypted.passphrase, keyBytes)
        for (let i = 0; i < 20; i++) connection?.send(nullPayload())
        await connection?.stop()
        const sessions = await ingestSessions(context.target, context.signal, name)
        const stats = sessions?.[0]?.events.find(({ type }) => type === 'srt-stats')
        const ok = connection !== null && stats?.['undecrypted'] === 0
        const seen = connection ? 'packets could not be decrypted' : 'was refused'
        cases.push({ name: `the right passphrase, AES-${keyBytes * 8}`, ok, seen })
      }
      return findingOf(PASSPHRASE, cases)
    }),
}

export const survivesRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'srt.server.survives',
  level: 'must',
  title: 'Malformed handshakes, key material and control packets harm nobody else',
  source: { document: 'docs/decisions/srt-ingest.md' },
  advice: 'check every length before use, and drop what does not fit',
  mutants: [
    { kind: 'fault', id: 'crash-on-km' },
    { kind: 'fault', id: 'hoards-inductions' },
  ],
  probe: (context) =>
    onSrtStage(context, SURVIVES, async (stage, url, name) => {
      const healthy = await stage.open(url)
      const { accepted } = await healthy.call(name)
      // Made beforehand: afterwards there may be nobody left to ask.
      const other = await stage.context.createStream()
      const { name: streamId } = await stage.context.createStream()
      const memory = await MemoryWatch.start(context.target.reference?.pid)
      const noise = await stage.open(url)
      for (let size = 0; size < 120; size += 1) noise.send(randomBytes(size))
      for (let i = 0; i < FLOOD; i++) {
        const packet = Buffer.alloc(64, i)
        packet.writeUInt32BE(0x80000000, 0)
        packet.writeUInt32BE(0, 12)
        packet.writeUInt32BE(1, 36)
        noise.send(packet)
        if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      const addresses = [url, context.target.reference?.srtEncrypted.url ?? url]
      for (const address of addresses) {
        for (const keyMaterial of badKeyMaterials()) {
          const caller = await stage.open(address)
          const answer = await caller.induct()
          if (answer) await caller.conclude({ cookie: answer.cookie, streamId, keyMaterial }, 150)
        }
      }
      for (const type of [0x8000, 0x8002, 0x8003, 0x8004, 0x8006, 0x8007, 0x8008, 0xffff]) {
        for (const size of [0, 1, 3, 4, 7, 16, 100]) healthy.control(type, 7, randomBytes(size), 3)
      }
      for (let i = 0; i < 30; i++) healthy.data(i, nullPayload())
      const after = await (await stage.open(url)).call(other.name)
      const acked = await waitFor(() =>
        healthy.feedback.some(({ sequence }) => sequence === healthy.initialSequence + 30),
      )
      const grownMb = (await memory?.stop()) ?? null
      const finding = findingOf(SURVIVES, [
        { name: 'a healthy caller', ok: accepted, seen: 'was not let in' },
        { name: 'its packets afterwards', ok: acked, seen: 'were not acknowledged' },
        { name: 'a new caller afterwards', ok: after.accepted, seen: 'was not let in' },
        {
          name: `memory meanwhile, ${MOST_GROWTH_MB} MB more at most`,
          ok: grownMb === null || grownMb <= MOST_GROWTH_MB,
          seen: `grew by ${grownMb?.toFixed(0)} MB`,
        },
      ])
      const seen =
        grownMb === null
          ? 'the memory of this target cannot be seen'
          : `memory grew by ${grownMb.toFixed(0)} MB at most`
      return finding.result === 'holds'
        ? { ...finding, actual: `${finding.actual}; ${seen}` }
        : finding
    }),
}

/** Key material that lies about its lengths, or is none. */
function badKeyMaterials(): Buffer[] {
  const good = Buffer.alloc(56)
  good.set([0x12, 0x20, 0x29, 1, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 4, 4])
  const changed = (at: number, value: number) => {
    const copy = Buffer.from(good)
    copy[at] = value
    return copy
  }
  return [changed(15, 255), changed(14, 0), changed(0, 0), changed(8, 9), good.subarray(0, 16)]
}
