/** What has to be stopped and removed when a benchmark ends, however it ends. */
const undoing: (() => unknown)[] = []

/** Remembers what undoes something that was just started. */
export const atEnd = (undo: () => unknown): void => {
  undoing.push(undo)
}

/** Undoes everything, the latest first; what fails does not keep the rest from being undone. */
export const cleanUp = async (): Promise<void> => {
  for (const undo of undoing.splice(0).reverse()) {
    try {
      await undo()
    } catch (error) {
      console.error(error)
    }
  }
}
