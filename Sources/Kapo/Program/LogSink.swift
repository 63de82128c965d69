import Document
import Host
import Logging
import Loop

/// Where log lines end: standard error or output, in the format asked for, with a bound on what may wait there; or a
/// file; or the system's log.
final class LogSink {
    /// Bytes that may wait for a reader; further lines are dropped and counted.
    static let mostWaitingBytes = 65536

    let outlet: Outlet
    let format: LogLine.Format
    /// Lines dropped since the start.
    private(set) var droppedTotal: UInt64 = 0
    /// Those of them that no line has told of yet.
    private var dropped = 0
    private var line: [UInt8] = []
    private var system: SystemLog?
    private let file: LogFile?

    /// A sink that writes to `outlet`, or to `system` or `file` if that is there.
    init(outlet: Outlet, format: LogLine.Format, system: consuming SystemLog? = nil, file: LogFile? = nil) {
        self.outlet = outlet
        self.format = format
        self.system = system
        self.file = file
    }

    /// Has the next line look whether the file was moved away, however long ago the last look was.
    func lookAgain() { file?.lookAgain() }

    /// Writes one line of Kapo's own.
    func log(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)] = []) {
        if system != nil {
            let fields = fields.map { " \($0.key)=\($0.value)" }.joined()
            if system?.send(SystemLog.Severity(level), message + fields) == false { droppedTotal += 1 }
            return
        }
        guard outlet.waiting < Self.mostWaitingBytes else {
            dropped += 1
            droppedTotal += 1
            return
        }
        if dropped > 0 {
            let count = dropped
            dropped = 0
            log(.warning, "log lines were dropped while standard error was blocked", [("count", String(count))])
        }
        let now = Clock.wall
        LogLine.append(
            to: &line, format: format, time: Timestamp.wholeSeconds(now), level: level.rawValue,
            message: Array(message.utf8).span, fields: fields)
        if let file { file.write(line.span, at: now) } else { outlet.write(line.span) }
        line.removeAll(keepingCapacity: true)
    }
}

/// swift-log's way to the sink.
struct KapoLogHandler: LogHandler {
    /// Carries the sink through swift-log, which would allow any thread to log. Kapo has one thread.
    private struct OneThread: @unchecked Sendable {
        let sink: LogSink
    }

    private let carrier: OneThread
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(sink: LogSink, level: Logger.Level) {
        carrier = OneThread(sink: sink)
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let fields = all.map { (key: $0.key, value: $0.value.description) }.sorted { $0.key < $1.key }
        carrier.sink.log(event.level, event.message.description, fields)
    }
}

extension SystemLog.Severity {
    /// That of a level.
    fileprivate init(_ level: Logger.Level) {
        switch level {
        case .critical, .error: self = .error
        case .warning: self = .warning
        case .notice: self = .notice
        case .info: self = .info
        case .debug, .trace: self = .debug
        }
    }
}
