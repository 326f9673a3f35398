import type { ValidationView } from './live-state.ts'
export async function startLivePage(): Promise<(ValidationView & { url: string }) | null> {
  return null
}
