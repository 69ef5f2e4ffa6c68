// Loaded before the program under test: when the test run dies, however it dies, the pipe closes and
// the program goes with it. Not by a signal that it could catch: nobody is left to wait for it.
process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL'))
process.stdin.resume()
process.stdin.unref()

export {}
