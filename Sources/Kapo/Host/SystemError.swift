import Glibc

/// A system call that failed: its name, and what the kernel said.
package struct SystemError: Error, Equatable, CustomStringConvertible, Sendable {
    package var call: String
    package var code: Int32

    /// The failure of `call` with `code`, by default the errno of right now.
    package init(_ call: String, _ code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    /// True when the process that was meant is gone.
    package var isNoSuchProcess: Bool { code == ESRCH }

    /// True when the kernel would not execute a file, false when something before that failed.
    package var isOfExec: Bool { call == "execve" }

    /// `bind: Address already in use`.
    package var description: String {
        "\(call): \(Self.text(of: code))"
    }

    /// What strerror(3) says of an errno, in the C locale.
    package static func text(of code: Int32) -> String {
        // The C string is static, or valid until the next strerror of this one thread; it is copied here.
        unsafe String(cString: strerror(code))
    }
}

/// Repeats a system call while a signal interrupts it.
func retryingOnInterrupt(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// Standard error, for what must be said before there is a loop.
package struct StandardError: TextOutputStream {
    /// Descriptor 2.
    package init() {}

    /// Writes the text; that nobody reads it is no error.
    package mutating func write(_ text: String) {
        let bytes = Array(text.utf8)
        // The kernel reads the array during the call.
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
