/**
 * What `work` comes to, unless that takes longer than the limit: then it fails with what `late` makes. What was begun is left to
 * itself. Two promises for each request are all that this costs; racing against one that fails late makes five.
 */
export const within = <Result>(limitMs: number, work: Promise<Result>, late: () => Error): Promise<Result> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limitMs)
    work.then(
      (result) => {
        clearTimeout(timer)
        resolve(result)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
