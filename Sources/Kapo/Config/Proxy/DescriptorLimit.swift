/// `rlimit_nofile`: how many files may be open at once.
package enum DescriptorLimit: Setting, Equatable {
    /// As many as the kernel allows.
    case most
    case number(UInt64)

    static let allowed = "'max', or a number of files from 64 to 1000000000"

    /// Reads `max`, or decimal digits.
    package init(text: String) throws(SettingError) {
        if text == "max" {
            self = .most
        } else if let number = Int64(digits: text), 64...1_000_000_000 ~= number {
            self = .number(UInt64(number))
        } else {
            throw .notAllowed(text, Self.allowed)
        }
    }
}

/// `log_path`: where the log goes.
package enum LogTarget: Setting, Equatable {
    case standardOutput, standardError
    /// A file, opened anew when it was moved away.
    case file(String)

    /// Reads `stdout`, `stderr` or a path.
    package init(text: String) throws(SettingError) {
        switch text {
        case "stdout": self = .standardOutput
        case "stderr": self = .standardError
        default:
            guard !text.isEmpty, !text.utf8.contains(0) else {
                throw .notAllowed(text, "'stdout', 'stderr' or the path of a file")
            }
            self = .file(text)
        }
    }
}
