import Document
import Host
import Logging
import Loop

/// One captured stream of a service: a pipe whose bytes go into a file, and to a logger.
///
/// A service that says nothing costs a file, a pipe and a few hundred bytes: there is no buffer here.
final class LogStream {
    /// Bytes that a pipe holds as the kernel makes it. Who fills it at once gets a larger one.
    private static let pipeBytes = 65536

    private let end: Descriptor
    private let name: String
    private let file: File?
    private let logger: LoggerCommand?
    private let whenPassed: () -> Void
    private var capture: Capture?
    private var isInLine = false
    private var isLarge = false
    private var isFinished = false

    /// The end that the command writes to.
    var commandEnd: Int32 { end.number }

    /// A stream of that name through a new pipe, or the one given. `whenPassed` is called when a run's output has gone
    /// through it.
    init(
        _ loop: EventLoop, _ name: String, _ ends: ServiceOutput.Ends?, _ file: File?, _ logger: LoggerCommand?,
        whenPassed: @escaping () -> Void
    ) throws(SystemError) {
        let readEnd: Int32
        if let ends {
            let numbers = ends.take()
            readEnd = numbers.readEnd
            end = Descriptor(owning: numbers.commandEnd)
        } else {
            let pipe = try Pipe().release()
            readEnd = pipe.readEnd
            end = Descriptor(owning: pipe.writeEnd)
        }
        self.name = name
        self.file = file
        self.logger = logger
        self.whenPassed = whenPassed
        let sink = Capture.Sink(
            bytes: { [unowned self] bytes in pass(bytes) },
            boundary: { [unowned self] in
                if isInLine { pass([UInt8(ascii: "\n")].span) }
                whenPassed()
            })
        let source = ends?.peek.map { peek in
            Capture.Source(read: { peek.read(from: $0, into: &$1) }, passed: { peek.drop($1, from: $0) })
        }
        capture = Capture(loop, readEnd, sink, from: source)
    }

    /// What came through it so far.
    var captured: Metrics.Stream {
        Metrics.Stream(name: name, bytes: capture?.bytesRead ?? 0, lines: capture?.linesRead ?? 0)
    }

    /// The run has ended: its last line is complete, newline or not.
    func runEnded() { capture?.markBoundary() }

    /// True when everything that was written before the last `runEnded` is in the file, and with the logger.
    var hasPassedEverything: Bool { (capture?.isAtBoundary ?? true) && logger?.isBlocking != true }

    /// The logger takes bytes again.
    func resume() { if !isFinished && logger?.isBlocking != true { capture?.resume() } }

    /// Reads no more: what comes now stays in the pipe.
    func finish() {
        isFinished = true
        capture?.pause()
        file?.finish()
    }

    private func pass(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        isInLine = bytes[bytes.count - 1] != UInt8(ascii: "\n")
        file?.write(bytes)
        logger?.write(bytes)
        if logger?.isBlocking == true { capture?.pause() }
        if !isLarge && bytes.count >= Self.pipeBytes {
            isLarge = true
            Pipe.enlarge(commandEnd)
        }
    }
}

extension LogStream {
    /// A log file, the time before its lines, and what Kapo's log says of it.
    final class File {
        private let file: LogFile
        private var stamps: LineStamps?

        /// Opens it.
        init(_ options: LogFileOptions, in directory: Int32?, _ log: Logger) throws(LogFile.Failure) {
            let path = options.path.text
            let opening: (Int64) -> [UInt8] = options.hasTimestamps ? { Self.stamp($0) } : { _ in [] }
            file = try LogFile(options, in: directory, at: Clock.wall, opening: opening) { Self.say($0, path, log) }
            if options.hasTimestamps { stamps = LineStamps(isInLine: file.isInLine) }
        }

        /// Writes bytes, which may end within a line.
        func write(_ bytes: Span<UInt8>) {
            let now = Clock.wall
            guard stamps != nil else { return file.write(bytes, at: now) }
            stamps?.put(Self.stamp(now), before: bytes) { file.write($0, at: now) }
        }

        /// Nothing is written any more.
        func finish() { file.finish(at: Clock.wall) }

        private static func say(_ news: LogFile.News, _ path: String, _ log: Logger) {
            switch news {
            case .losing(let code):
                log.error("the log file '\(path)' takes no more, lines are lost: \(SystemError.text(of: code))")
            case .regained(let lines):
                log.warning("the log file '\(path)' takes lines again", metadata: ["lost": "\(lines)"])
            case .notRotated(let error):
                log.error("the log file '\(path)' cannot be rotated and goes on to grow: \(error)")
            case .notReopened(let error):
                log.error("the log file '\(path)' was moved away and cannot be opened anew: \(error)")
            }
        }

        private static func stamp(_ time: Int64) -> [UInt8] { Array(Timestamp.text(nanoseconds: time).utf8) + [0x20] }
    }
}
