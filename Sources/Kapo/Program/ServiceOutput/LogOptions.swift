import Host
import Logging
import Loop

/// Where what a command writes is kept.
package struct LogOptions: Equatable, Sendable {
    /// Standard output, and standard error if it has no file of its own.
    package var log: LogFileOptions?
    /// Standard error.
    package var errorLog: LogFileOptions?
    /// A command that gets what goes to `log`, or would if there were one.
    package var logger: [Word]?

    /// One of them at least.
    package init(log: LogFileOptions?, errorLog: LogFileOptions?, logger: [Word]?) {
        self.log = log
        self.errorLog = errorLog
        self.logger = logger
    }
}

extension ServiceOutput {
    /// The pipes in the directory of a service, which outlive Kapo.
    private static let outputPipe = Word("stdout")
    private static let errorPipe = Word("stderr")

    /// The output that these options ask for, through pipes in that open directory; through pipes that end with Kapo
    /// without one.
    static func make(
        _ logs: LogOptions, _ runtime: Runtime, _ log: Logger, _ inherited: Signals.Inherited, in directory: Int32?
    ) throws -> ServiceOutput {
        let logger = logs.logger.map { words in
            var command = Command(words: words, environment: runtime.environment)
            command.directory = runtime.startDirectory
            return command
        }
        let options = Options(
            log: logs.log, errorLog: logs.errorLog, logger: logger, directory: runtime.startDirectory)
        let output = try options.capturesOutput ? directory.map { try ends(outputPipe, in: $0, runtime) } : nil
        let error = try options.separatesError ? directory.map { try ends(errorPipe, in: $0, runtime) } : nil
        return try ServiceOutput(
            runtime.loop, log, runtime.reaper, inherited, options, output: output, error: error)
    }

    private static func ends(_ name: Word, in directory: Int32, _ runtime: Runtime) throws -> Ends {
        let peek = try runtime.peekPipe
        let fifo = try Fifo(name, in: directory)
        let commandEnd = try fifo.commandEnd()
        return Ends(readEnd: Descriptor(owning: fifo.release()), commandEnd: commandEnd, peek: peek)
    }

    /// Removes the pipes: nobody writes to them any more.
    static func removePipes(in directory: Int32) {
        for name in [outputPipe, errorPipe] { Fifo.remove(name, in: directory) }
    }
}
