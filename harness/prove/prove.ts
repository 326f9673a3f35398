import { allRules, encoderSideRules } from '../conformance/registry.ts'
import { type Finding, isBreach } from '../conformance/rule.ts'
import { chooseRules } from '../scenario/judge.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import type { Target } from '../targets/target.ts'
import { brokenCell, type Cell, healthyCells, profileCells } from './cells.ts'
import { judgeOnReference } from './judge-on-reference.ts'
import { allMutants } from './mutants.ts'
import { observeProfile } from './observe-profile.ts'
import { catalogueDefects, chooseMutants, nameOf } from './plan.ts'
import { pool } from './pool.ts'

export interface ProofOptions {
  /** Ids or families; all rules when empty. */
  readonly selectors: readonly string[]
  readonly signal: AbortSignal
  /** Rules about targets that were seen to hold already: only their mutants are left to try. */
  readonly held?: ReadonlySet<string>
  onCell(cell: Cell): void
}

export interface Proof {
  readonly cells: readonly Cell[]
  /** What is wrong with the catalogue itself. */
  readonly catalogue: readonly string[]
}

/** Profiles cost almost nothing, so many are watched at once; references cost a process each. */
const PROFILES_AT_ONCE = 16
const REFERENCES_AT_ONCE = 4

/**
 * Shows for each rule that it holds where nothing is wrong, and fails under each of its mutants.
 * A bad profile must break exactly the encoder-side rules that it names, and no other.
 */
export async function prove({ selectors, signal, held, onCell }: ProofOptions): Promise<Proof> {
  const chosen = selectors.length === 0 ? () => true : chooseRules(selectors)
  const mutants = allMutants()
  const cells: Cell[] = []
  const add = (found: readonly Cell[]) => {
    for (const cell of found) {
      cells.push(cell)
      onCell(cell)
    }
  }

  const picked = chooseMutants(mutants, chosen)
  const profiles = picked.filter(({ mutant }) => mutant.kind === 'profile')
  const faults = picked.filter(({ mutant }) => mutant.kind === 'fault')
  const encoderSide = new Set(encoderSideRules.map(({ id }) => id))
  const rules = allRules.filter(({ id }) => chosen(id))
  const targetSide = rules.filter(({ id }) => !encoderSide.has(id)).map(({ id }) => id)

  if (rules.some(({ id }) => encoderSide.has(id))) {
    const target = await startReferenceTarget()
    try {
      await pool(PROFILES_AT_ONCE, [
        async () => add(healthyCells(only(await observeHealthy(target, signal), chosen))),
        ...profiles.map(({ mutant, breaks }) => async () => {
          const findings = await observeProfile(target, mutant.id, signal)
          add(profileCells(nameOf(mutant), breaks, findings))
        }),
      ])
    } finally {
      await target.close()
    }
  }

  await pool(REFERENCES_AT_ONCE, [
    ...targetSide
      .filter((rule) => !held?.has(rule))
      .map((rule) => async () => {
        add(healthyCells(await judgeOnReference([rule], [], signal)))
      }),
    ...faults.map(({ mutant, breaks }) => async () => {
      const wanted = breaks.filter(chosen)
      const findings = await judgeOnReference(wanted, [mutant.id], signal)
      add([...findings].map(([rule, finding]) => brokenCell(rule, nameOf(mutant), finding)))
    }),
  ])
  return { cells, catalogue: selectors.length === 0 ? catalogueDefects(allRules, mutants) : [] }
}

/**
 * One good encoder; one whose connection is cut; two that are a group. Each rule counts where it
 * could be judged, and a breach anywhere counts before that.
 */
async function observeHealthy(target: Target, signal: AbortSignal): Promise<Map<string, Finding>> {
  const cases = await Promise.all([
    observeProfile(target, 'obs-29', signal),
    observeProfile(target, 'obs-29', signal, { protocol: 'srt' }),
    observeProfile(target, 'osprey-talon', signal, { protocol: 'whip' }),
    observeProfile(target, 'obs-29', signal, { drop: true, observeSeconds: 12 }),
    observeProfile(target, 'osprey-talon', signal, { group: ['obs-29'], observeSeconds: 8 }),
  ])
  const findings = new Map<string, Finding>()
  for (const [rule, finding] of cases.flatMap((found) => [...found])) {
    const before = findings.get(rule)
    if (!before || before.result === 'skipped' || isBreach(finding)) findings.set(rule, finding)
  }
  return findings
}

function only(
  findings: ReadonlyMap<string, Finding>,
  chosen: (id: string) => boolean,
): Map<string, Finding> {
  return new Map([...findings].filter(([id]) => chosen(id)))
}
