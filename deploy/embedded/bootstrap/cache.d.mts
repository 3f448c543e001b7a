/** Makes sure that an artefact is in the user's cache, whole; `fetch` fills an empty folder with it when it is not. */
export function artefact<Pin extends { readonly version: string }>(
  part: string,
  pin: Pin,
  waitFor: (what: string) => void,
  options: { readonly fetch: (pin: Pin, folder: string) => Promise<void> },
): Promise<void>
export function folderOf(part: string, pin: { readonly version: string }): string
