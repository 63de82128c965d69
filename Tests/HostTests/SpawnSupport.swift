import Glibc
import Testing

@testable import Host

/// What a command that was started left behind.
struct Outcome: Equatable {
    var output: [UInt8] = []
    var error: [UInt8] = []
    /// The exit code, or 128 + N.
    var code: Int32

    /// The number behind such a name in what was `/proc/PID/status`, which is hexadecimal.
    func mask(_ name: String) -> UInt64? {
        let line = String(decoding: output, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    }
}

/// Waits for that child and no other.
func reap(_ pid: Int32) -> Int32 {
    var status: Int32 = 0
    // The kernel fills the status, which lives through the call.
    let result = retryingOnInterrupt { unsafe Int(waitpid(pid, &status, 0)) }
    #expect(result == Int(pid))
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
}

/// These signals, as the kernel writes them in `/proc/PID/status`.
func mask(of numbers: [Int32]) -> UInt64 {
    numbers.reduce(0) { $0 | 1 << UInt64($1 - 1) }
}

/// What is there of a process: nil when there is none.
func processStat(_ pid: Int32) -> ProcessStat? {
    guard let line = try? File.read(Word("/proc/\(pid)/stat"), limit: 4096) else { return nil }
    return ProcessStat(line: line)
}

/// Starting commands for tests.
enum Start {
    /// Signals as they are by default.
    static var plain: Signals.Inherited { inherited() }

    /// What a command inherits: these signals blocked, and those ignored.
    static func inherited(blocked: [Int32] = [], ignored: [Int32] = []) -> Signals.Inherited {
        Signals.Inherited(mask: set(blocked), ignored: set(ignored), parent: getppid())
    }

    private static func set(_ numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        // The set lives through the calls that fill it.
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        return set
    }

    static func words(_ texts: String...) -> [Word] { texts.map { Word($0) } }

    /// Starts the command with both outputs captured and waits for its end. Short outputs only.
    static func run(
        _ words: [Word], environment: [Word] = [], directory: Int32? = nil, _ inherited: Signals.Inherited = plain,
        change: (inout Command) throws -> Void = { _ in }
    ) throws -> Outcome {
        let (outputReader, outputWriter) = try Pipe().release()
        let (errorReader, errorWriter) = try Pipe().release()
        let output = Descriptor(owning: outputReader)
        let error = Descriptor(owning: errorReader)
        let pid: Int32
        do {
            let outputWriter = Descriptor(owning: outputWriter)
            let errorWriter = Descriptor(owning: errorWriter)
            var command = Command(words: words, environment: environment)
            command.output = outputWriter.number
            command.error = errorWriter.number
            command.directory = directory
            try change(&command)
            pid = try command.spawn(inherited)
        }
        let (out, err) = (readAll(output.number), readAll(error.number))
        return Outcome(output: out, error: err, code: reap(pid))
    }

    /// A command that sleeps for long and holds no output of this process open.
    static func sleeper(_ words: [Word] = words("sleep", "600"), deathSignal: Int32? = nil) throws -> Int32 {
        let null = Descriptor(owning: unsafe open("/dev/null", O_RDWR | O_CLOEXEC))
        var command = Command(words: words, environment: [])
        command.output = null.number
        command.error = null.number
        command.deathSignal = deathSignal
        return try command.spawn(plain)
    }

    /// What kept the command from being started.
    static func failure(_ command: Command) -> SystemError? {
        do throws(SystemError) {
            let pid = try command.spawn(plain)
            // A child that nobody reaps would keep exit tests from hearing of theirs.
            kill(pid, SIGKILL)
            Issue.record("\(command.words[0].text) was started, and ended with \(reap(pid))")
            return nil
        } catch {
            return error
        }
    }
}

/// An open directory, as `Command.directory` takes it.
func openDirectory(_ path: String) throws -> Descriptor {
    let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open") }
    return Descriptor(owning: number)
}
