import CLinux
import Glibc

/// Standard output, for what a subcommand says when it is asked.
package enum StandardOutput {
    /// True when it is a terminal.
    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// The size of the terminal in characters; nil when it is none, or does not know.
    package static var size: (rows: Int, columns: Int)? {
        var (rows, columns): (Int32, Int32) = (0, 0)
        // The shim fills both numbers.
        guard unsafe kapo_terminal_size(STDOUT_FILENO, &rows, &columns) == 0, rows > 0, columns > 0 else { return nil }
        return (Int(rows), Int(columns))
    }

    /// Writes all of the text.
    package static func write(_ text: some Sequence<UInt8>) throws(SystemError) {
        var rest = Array(text)[...]
        // Ends: each turn writes a byte at least, or throws.
        while !rest.isEmpty {
            // The kernel reads the slice during the call.
            let count = unsafe rest.withUnsafeBytes { bytes in
                retryingOnInterrupt { unsafe Glibc.write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
            }
            guard count > 0 else { throw SystemError("write") }
            rest = rest.dropFirst(count)
        }
    }
}
