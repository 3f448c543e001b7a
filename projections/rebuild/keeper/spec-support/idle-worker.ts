/** Does nothing until it is told to end. */
setInterval(() => {}, 1_000_000)
process.on('SIGTERM', () => process.exit(0))
