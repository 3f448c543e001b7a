/** Loaded into a child process before its own program: it ends, as when it is told to, when the process that started it is gone. */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
