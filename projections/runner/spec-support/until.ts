import { setTimeout as pause } from 'node:timers/promises'

/** Waits for a condition, and says what was found instead when the time is over. */
export async function until<Value>(
  look: () => Promise<Value> | Value,
  isRight: (value: Value) => boolean,
  limitMs = 20_000,
): Promise<Value> {
  const end = Date.now() + limitMs
  for (;;) {
    const value = await look()
    if (isRight(value)) return value
    if (Date.now() > end) throw new Error(`Not within ${limitMs} ms; last found ${JSON.stringify(value)}.`)
    await pause(20)
  }
}
