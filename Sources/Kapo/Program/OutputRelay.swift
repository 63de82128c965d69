import Document
import Host
import Loop

/// One captured stream of the command: a pipe whose output is echoed byte for byte, or logged line by line.
///
/// The pipe lives as long as Kapo, so that output of a run is never lost to a restart, and what outlives its run (a
/// grandchild) is captured too.
final class OutputRelay {
    /// The end that the command writes to.
    let pipe: Descriptor
    private let outlet: Outlet
    private let stream: String
    private let lines: LineLogger?
    private let whenPassed: () -> Void
    private var capture: Capture?

    /// A relay of a new pipe for `stream`, `stdout` or `stderr`, to `outlet`. With `lines`, its lines become log lines.
    init(
        _ loop: EventLoop, to outlet: Outlet, stream: String, lines: LineLogger?, whenPassed: @escaping () -> Void
    ) throws(SystemError) {
        let (readEnd, writeEnd) = try Pipe().release()
        pipe = Descriptor(owning: writeEnd)
        self.outlet = outlet
        self.stream = stream
        self.lines = lines
        self.whenPassed = whenPassed
        capture = Capture(
            loop, readEnd,
            Capture.Sink(
                bytes: { [unowned self] bytes in pass(bytes) },
                boundary: {
                    lines?.flush(to: outlet)
                    whenPassed()
                }))
    }

    /// What came through it so far.
    var captured: Metrics.Stream {
        Metrics.Stream(name: stream, bytes: capture?.bytesRead ?? 0, lines: capture?.linesRead ?? 0)
    }

    /// The run has ended: its last line is complete, newline or not.
    func runEnded() { capture?.markBoundary() }

    /// True when everything that was written before the last `runEnded` has left Kapo.
    var hasPassedEverything: Bool { (capture?.isAtBoundary ?? true) && !outlet.isBlocked }

    /// An outlet takes bytes again: this one's, perhaps.
    func resume() { if !outlet.isBlocked { capture?.resume() } }

    private func pass(_ bytes: Span<UInt8>) {
        if let lines { lines.pass(bytes, to: outlet) } else { outlet.write(bytes) }
        if outlet.isBroken {
            capture?.finish()
            whenPassed()
        } else if outlet.isBlocked {
            capture?.pause()
        }
    }
}

/// Turns a stream of output into log lines.
final class LineLogger {
    private let format: LogLine.Format
    private let stream: String
    private var splitter = LineSplitter()
    private var buffer: [UInt8] = []

    /// A logger whose lines say that they come from `stream`: `stdout` or `stderr`.
    init(format: LogLine.Format, stream: String) {
        self.format = format
        self.stream = stream
    }

    /// Logs each line that the bytes complete.
    func pass(_ bytes: Span<UInt8>, to outlet: Outlet) {
        let time = Timestamp.wholeSeconds(Clock.wall)
        splitter.take(bytes) { append($0, time) }
        write(to: outlet)
    }

    /// Logs what came after the last newline.
    func flush(to outlet: Outlet) {
        let time = Timestamp.wholeSeconds(Clock.wall)
        splitter.flush { append($0, time) }
        write(to: outlet)
    }

    private func append(_ line: Span<UInt8>, _ time: String) {
        LogLine.append(
            to: &buffer, format: format, time: time, level: "info", message: line, fields: [("stream", stream)])
    }

    private func write(to outlet: Outlet) {
        guard !buffer.isEmpty else { return }
        outlet.write(buffer.span)
        buffer.removeAll(keepingCapacity: true)
    }
}
