export type PythonPin = {
  readonly title: string
  readonly version: string
  readonly pip: string | readonly string[]
  readonly files: Readonly<Record<string, string>>
}

export function forThisPython(pin: PythonPin, own?: string): PythonPin
