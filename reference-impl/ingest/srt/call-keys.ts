import { WireError } from '../../errors.ts'
import { SrtReject } from '../../wire/srt-reject.ts'
import type { SrtCall } from './call-facts.ts'
import { KeyRing } from './key-ring.ts'
import type { SrtSeams } from './seams.ts'

/** A key ring; null where nothing is encrypted; a reject code; or `busy`: ask again. */
export type CallKeys = KeyRing | null | 'busy' | number

/** The keys of a call, where there is a passphrase and where there is none (draft §6). */
export function keysOfCall(
  { keyMaterial }: SrtCall,
  passphrase: string | undefined,
  seams: SrtSeams,
  maySpend: () => boolean,
): CallKeys {
  if (passphrase === undefined) return keyMaterial === null ? null : SrtReject.unsecure
  if (keyMaterial === null) return seams.unsecured(false) ? null : SrtReject.unsecure
  const keys = new KeyRing(passphrase, maySpend)
  try {
    const accepted = keys.accept(keyMaterial)
    if (accepted === 'wrong-passphrase') return seams.unsecured(false) ? null : SrtReject.badSecret
    return accepted === 'busy' ? 'busy' : keys
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    seams.badInput(error)
    return SrtReject.rogue
  }
}
