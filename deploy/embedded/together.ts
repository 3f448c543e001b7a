import type { Stop } from '@bizosaas/runtime'

/** Starts units one after the other and stops them in reverse order, those already started also when a later one cannot start. */
export async function together(starts: readonly (() => Promise<Stop>)[]): Promise<Stop> {
  const stops: Stop[] = []
  const stop = async () => {
    for (const one of stops.reverse()) await one()
  }
  try {
    for (const start of starts) stops.push(await start())
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
