import Glibc

/// What is said when the process crashes: else nobody would know which script it was.
enum LastWords {
    private static let capacity = 100
    nonisolated(unsafe) private static let text = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    nonisolated(unsafe) private static var count = 0

    /// From now on, in the whole process, unless somebody else has taken the signals since.
    static let areHeard: Bool = {
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT] {
            var before = sigaction()
            // Whoever prints backtraces may go on to do so.
            guard unsafe sigaction(number, nil, &before) == 0, unsafe before.__sigaction_handler.sa_handler == nil
            else {
                continue
            }
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { number in
                // Only what may be called in a signal handler. The signal comes again, and nobody handles it.
                unsafe _ = write(STDERR_FILENO, LastWords.text, LastWords.count)
                signal(number, SIG_DFL)
                raise(number)
            }
            unsafe sigaction(number, &action, nil)
        }
        return true
    }()

    static func set(_ words: String) {
        let bytes = Array("The fuzz was at \(words).\n".utf8.prefix(words.isEmpty ? 0 : capacity))
        unsafe count = 0
        unsafe text.update(from: bytes, count: bytes.count)
        unsafe count = bytes.count
    }
}
