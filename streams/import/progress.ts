/** How far an import is, on one line of a terminal. */

export interface Progress {
  /** Bytes of the file, all and those done. */
  readonly total: number
  readonly done: number
  readonly rows: number
  /** Since the start of this run, and the bytes that were already done by then. */
  readonly seconds: number
  readonly skipped: number
}

const width = 30

/** `████████░░░░  61 %   12,000 rows   9,120 rows/s   0:07 left` */
export function progressLine({ total, done, rows, seconds, skipped }: Progress): string {
  const part = total === 0 ? 1 : Math.min(1, done / total)
  const bar = '█'.repeat(Math.round(part * width)).padEnd(width, '░')
  const speed = seconds > 0 ? (done - skipped) / seconds : 0
  const left = speed > 0 ? clock((total - done) / speed) : '-:--'
  const pace = seconds > 0 ? Math.round(rows / seconds) : 0
  const percent = String(Math.floor(part * 100)).padStart(3)
  return `${bar} ${percent} %   ${rows.toLocaleString('en')} rows   ${pace.toLocaleString('en')} rows/s   ${left} left`
}

/** `1:02:03`, without the hours where there are none. */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const clockSeconds = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${clockSeconds}` : `${minutes}:${clockSeconds}`
}

/** Draws the line again and again on a terminal; elsewhere it draws nothing. */
export function progressBar(out: NodeJS.WriteStream): { draw(progress: Progress): void; clear(): void } {
  if (!out.isTTY) return { draw: () => {}, clear: () => {} }
  return {
    draw: (progress) => void out.write(`\r\x1b[K${progressLine(progress).slice(0, (out.columns ?? 100) - 1)}`),
    clear: () => void out.write('\r\x1b[K'),
  }
}
