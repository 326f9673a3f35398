import { CodedError } from '../errors.ts'
import { defaultSeams, type Seams } from '../seams.ts'
import { faults } from './index.ts'

/** The seams with these faults installed. @throws CodedError `LP_UNKNOWN_FAULT` */
export function seamsWith(ids: readonly string[]): Seams {
  const seams = defaultSeams()
  for (const id of ids) {
    const fault = faults.find((candidate) => candidate.id === id)
    if (!fault) throw new CodedError('LP_UNKNOWN_FAULT', `there is no fault '${id}'`)
    fault.install(seams)
  }
  return seams
}
