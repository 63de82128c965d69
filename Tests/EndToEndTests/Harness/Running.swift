import Glibc

/// How a program ended.
enum Ending: Equatable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    /// What waitpid(2) filled in.
    init(status: Int32) {
        self = status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
    }

    var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let number): "signal \(number)"
        }
    }
}

/// A program that a test started, and that the test's sandbox ends and reaps.
final class Running {
    let pid: pid_t
    let words: [String]
    let outputPath: String
    let errorPath: String
    private var ending: Ending?

    /// A child of this process.
    init(pid: pid_t, words: [String], outputPath: String, errorPath: String) {
        self.pid = pid
        self.words = words
        self.outputPath = outputPath
        self.errorPath = errorPath
    }

    /// What it has written to standard output until now.
    var output: String { Files.text(outputPath) }
    /// What it has written to standard error until now.
    var errors: String { Files.text(errorPath) }

    /// How it ended; nil while it runs. It is reaped here, and once.
    var ended: Ending? {
        if let ending { return ending }
        var status: Int32 = 0
        // The kernel fills the status during the call.
        if unsafe waitpid(pid, &status, WNOHANG) == pid { ending = Ending(status: status) }
        return ending
    }

    var isRunning: Bool { ended == nil }

    /// Waits for its end.
    @discardableResult
    func wait(within deadline: Duration = patience) throws -> Ending {
        try eventually("the end of \(words.joined(separator: " ")); its errors: \(errors)", within: deadline) { ended }
    }

    /// Sends a signal to it alone. A pid that was reaped may be another's, so nothing is sent then.
    func signal(_ number: Int32) {
        if isRunning { kill(pid, number) }
    }

    /// Sends a signal to its process group.
    func signalGroup(_ number: Int32) {
        if isRunning { kill(-pid, number) }
    }

    /// Waits until standard error contains the text, and returns all of it.
    @discardableResult
    func waitForErrors(containing text: String, within deadline: Duration = patience) throws -> String {
        try eventually("'\(text)' on standard error, where there is: \(errors)", within: deadline) {
            let all = errors
            return all.contains(text) ? all : nil
        }
    }

    /// Waits until standard output contains the text, and returns all of it.
    @discardableResult
    func waitForOutput(containing text: String, within deadline: Duration = patience) throws -> String {
        try eventually("'\(text)' on standard output, where there is: \(output); errors: \(errors)", within: deadline) {
            let all = output
            return all.contains(text) ? all : nil
        }
    }
}

/// What a program that has ended left behind.
struct Outcome: Equatable {
    let ending: Ending
    let output: String
    let errors: String

    /// The exit code; 128 + N when signal N ended it, as shells count.
    var code: Int32 {
        switch ending {
        case .code(let code): code
        case .signal(let number): 128 + number
        }
    }
}
