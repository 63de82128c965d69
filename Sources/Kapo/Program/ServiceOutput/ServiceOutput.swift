import Document
import Host
import Logging
import Loop

/// The output of one service: into log files that are rotated, and to a logger.
final class ServiceOutput: CommandOutput {
    /// Where the output goes. What goes nowhere is Kapo's own output.
    struct Options {
        /// Standard output, and standard error if it has no file of its own.
        var log: LogFileOptions?
        /// Standard error.
        var errorLog: LogFileOptions?
        /// A command that gets on its standard input what goes to `log`, or would if there were one.
        var logger: Command?
        /// An open directory at which the paths of the files begin; nil for the working directory.
        var directory: Int32?

        /// True when standard output is captured.
        var capturesOutput: Bool { log != nil || logger != nil }
        /// True when standard error has a pipe of its own.
        var separatesError: Bool { errorLog != nil }
    }

    /// Both ends of a pipe, closed with this object unless they are taken.
    final class Ends {
        /// With it, nothing leaves the pipe before it is written: for a FIFO that outlives Kapo.
        let peek: PeekPipe?
        private var readEnd: Descriptor?
        private var commandEnd: Descriptor?

        init(readEnd: consuming Descriptor, commandEnd: consuming Descriptor, peek: PeekPipe?) {
            self.readEnd = consume readEnd
            self.commandEnd = consume commandEnd
            self.peek = peek
        }

        /// Hands both to somebody who will close them.
        func take() -> (readEnd: Int32, commandEnd: Int32) {
            guard let readEnd = readEnd.take(), let commandEnd = commandEnd.take() else {
                preconditionFailure("the ends of a pipe are taken once")
            }
            return (readEnd.release(), commandEnd.release())
        }
    }

    var commandOutput: Int32? { output?.commandEnd }
    var commandError: Int32? { error?.commandEnd ?? output?.commandEnd }
    var streams: [Metrics.Stream] { [output, error].compactMap { $0?.captured } }

    private var output: LogStream?
    private var error: LogStream?
    private var logger: LoggerCommand?
    private var whenFlushed: (() -> Void)?
    /// Ends the wait for a logger that takes nothing.
    private var impatience: Timer?

    /// Opens the files, starts the logger, and passes on what is in the pipes already. New pipes are made where none
    /// are given. The description of an error is for people.
    init(
        _ loop: EventLoop, _ log: Logger, _ reaper: Reaper, _ inherited: Signals.Inherited, _ options: Options,
        output outputEnds: Ends? = nil, error errorEnds: Ends? = nil
    ) throws {
        if options.logger != nil { impatience = Timer(loop) { [unowned self] in leaveLogger() } }
        if options.capturesOutput {
            let file = try options.log.map { try LogStream.File($0, in: options.directory, log) }
            if let command = options.logger {
                logger = try LoggerCommand(loop, log, reaper, inherited, command) { [unowned self] in loggerTook() }
            }
            output = try LogStream(loop, "stdout", outputEnds, file, logger) { [unowned self] in passed() }
        }
        if let errorLog = options.errorLog {
            let file = try LogStream.File(errorLog, in: options.directory, log)
            error = try LogStream(loop, "stderr", errorEnds, file, nil) { [unowned self] in passed() }
        }
    }

    func runEnded() {
        output?.runEnded()
        error?.runEnded()
    }

    /// It is the last call: the logger's input is closed then, and it has a moment to end. One that takes nothing for
    /// 5 s is not waited for any longer. What is written to the pipes later stays there.
    func flush(_ handler: @escaping () -> Void) {
        runEnded()
        whenFlushed = handler
        passed()
        if whenFlushed != nil { impatience?.set(afterNanoseconds: LoggerCommand.patience) }
    }

    private func loggerTook() {
        output?.resume()
        passed()
        if whenFlushed != nil { impatience?.set(afterNanoseconds: LoggerCommand.patience) }
    }

    /// What is left goes to the file alone.
    private func leaveLogger() {
        guard whenFlushed != nil else { return }
        logger?.abandon()
        output?.resume()
        passed()
    }

    private func passed() {
        guard let handler = whenFlushed, output?.hasPassedEverything ?? true, error?.hasPassedEverything ?? true else {
            return
        }
        whenFlushed = nil
        output?.finish()
        error?.finish()
        if let logger { logger.finish(handler) } else { handler() }
    }
}
