import Glibc
import Host
import Logging
import Loop
import Testing

@testable import Program

/// A loop, a directory, and commands whose output goes where a test wants it.
///
/// Each test that has one runs in a process of its own (`#expect(processExitsWith:)`): it reaps all children.
final class OutputRig {
    struct Failure: Error {
        let description: String
    }

    let loop: EventLoop
    let reaper = Reaper()
    let inherited = Signals.block([])
    let directory: String
    private(set) var log = Logger(label: "test")
    private let logFile: Descriptor

    private init() throws {
        loop = try EventLoop()
        var template = Array("/tmp/kapo-output-XXXXXX".utf8CString)
        // mkdtemp writes six characters into the array, in place.
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
        }
        guard made else { throw SystemError("mkdtemp") }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let number = unsafe open("\(directory)/kapo.log", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        logFile = Descriptor(owning: number)
        let sink = LogSink(outlet: Outlet(loop, number), format: .text)
        log = Logger(label: "test") { _ in KapoLogHandler(sink: sink, level: .info) }
    }

    deinit {
        for name in File.names(in: Word(directory)) { unsafe unlink("\(directory)/\(name.text)") }
        unsafe rmdir(directory)
    }

    /// Calls the body with a rig.
    static func run(_ body: (OutputRig) throws -> Void) {
        do { try body(OutputRig()) } catch { Issue.record(error) }
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    func file(_ name: String, size: Int? = nil, hasTimestamps: Bool = false) -> LogFileOptions {
        LogFileOptions(Word(path(name)), size: size, hasTimestamps: hasTimestamps)
    }

    /// What a file has; empty when there is none.
    func text(_ name: String) -> String {
        let bytes = try? File.contents(of: Word(path(name)), limit: 1_000_000_000)
        return String(decoding: (bytes ?? nil) ?? [], as: UTF8.self)
    }

    func shell(_ script: String) -> Command {
        Command(
            words: ["sh", "-c", script].map { Word($0) },
            environment: [Word("DIR=\(directory)"), Word("PATH=/usr/bin:/bin")])
    }

    func output(
        _ options: ServiceOutput.Options, output: ServiceOutput.Ends? = nil
    ) throws -> ServiceOutput {
        try ServiceOutput(loop, log, reaper, inherited, options, output: output)
    }

    /// Runs a script to its end, with that output.
    func finish(_ script: String, _ output: ServiceOutput) throws {
        var command = shell(script)
        command.output = output.commandOutput
        command.error = output.commandError
        var hasEnded = false
        let pid = try command.spawn(inherited)
        reaper.own(pid) { if case .ended = $0 { hasEnded = true } }
        try until("the end of \(script)") { hasEnded }
        output.runEnded()
    }

    /// Passes on all that there is.
    func flush(_ output: ServiceOutput) throws {
        var isFlushed = false
        output.flush { isFlushed = true }
        try until("everything is passed on") { isFlushed }
    }

    /// Turns the loop until something is the case; throws when it is not in 20 seconds.
    func until(_ what: String, _ condition: @escaping () -> Bool) throws {
        let deadline = Clock.monotonic + 20_000_000_000
        var isMet = condition()
        let timers = TimerBox()
        timers.timer = Timer(loop) { [self, unowned timers] in
            reaper.reap()
            isMet = condition()
            if isMet || Clock.monotonic > deadline { return loop.stop() }
            timers.timer?.set(afterNanoseconds: 1_000_000)
        }
        timers.timer?.set(afterNanoseconds: 0)
        withExtendedLifetime(timers) { loop.run() }
        guard isMet else { throw Failure(description: "not in 20 s: \(what); log: \(text("kapo.log"))") }
    }

    private final class TimerBox {
        var timer: Timer?
    }
}
