import Document
import Host
import Logging
import Loop

/// Kapo's own standard output and error, and what goes there: the log, and the captured output of the command.
final class Console: CommandOutput {
    let log: Logger
    var commandOutput: Int32? { output?.pipe.number }
    var commandError: Int32? { error?.pipe.number }

    /// Lines of the log that were lost because nobody took them.
    var logLinesDropped: UInt64 { sink.droppedTotal }
    var streams: [Metrics.Stream] { [output, error].compactMap { $0?.captured } }

    private let sink: LogSink
    private let standardError: Outlet
    private var output: OutputRelay?
    private var error: OutputRelay?
    private var whenFlushed: (() -> Void)?

    init(_ loop: EventLoop, _ options: Options) throws {
        standardError = Outlet(loop, 2)
        let sink =
            switch options.log.target {
            case .standardError:
                LogSink(
                    outlet: standardError, format: options.log.format,
                    system: options.isDaemon ? SystemLog(tag: "kapo") : nil)
            case .standardOutput: LogSink(outlet: Outlet(loop, 1), format: options.log.format)
            case .file(let path):
                // What becomes of the file is nowhere to be told but in it.
                LogSink(
                    outlet: standardError, format: options.log.format,
                    file: try LogFile(LogFileOptions(Word(path)), at: Clock.wall) { _ in })
            }
        self.sink = sink
        log = Logger(label: "kapo") { _ in KapoLogHandler(sink: sink, level: options.log.level) }

        let wanted = options.output
        if wanted.capturesStandardOutput {
            let outlet = wanted.logsLines ? standardError : Outlet(loop, 1)
            output = try relay(loop, to: outlet, options, stream: "stdout")
        }
        if wanted.capturesStandardError {
            error = try relay(loop, to: standardError, options, stream: "stderr")
        }
        standardError.whenDrained = { [unowned self] in drained() }
    }

    private func relay(
        _ loop: EventLoop, to outlet: Outlet, _ options: Options, stream: String
    ) throws(SystemError) -> OutputRelay {
        let lines = options.output.logsLines ? LineLogger(format: options.log.format, stream: stream) : nil
        outlet.whenDrained = { [unowned self] in drained() }
        if outlet !== standardError {
            outlet.whenLosing = { [unowned self] code in
                log.error("standard output takes no more, what follows is lost: \(SystemError.text(of: code))")
            }
        }
        return try OutputRelay(loop, to: outlet, stream: stream, lines: lines) { [unowned self] in passed() }
    }

    /// The log's file may have been moved away just now.
    func logWasMoved() { sink.lookAgain() }

    /// Writes text to standard error as it is, behind the log lines before it. It is lost when as much waits there as
    /// may.
    func say(_ text: String) {
        guard standardError.waiting < LogSink.mostWaitingBytes else { return }
        standardError.write(Array(text.utf8).span)
    }

    func runEnded() {
        output?.runEnded()
        error?.runEnded()
    }

    func flush(_ handler: @escaping () -> Void) {
        runEnded()
        whenFlushed = handler
        passed()
    }

    private func drained() {
        output?.resume()
        error?.resume()
        passed()
    }

    private func passed() {
        guard let handler = whenFlushed, output?.hasPassedEverything ?? true, error?.hasPassedEverything ?? true else {
            return
        }
        whenFlushed = nil
        handler()
    }
}
