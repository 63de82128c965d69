/// What a wait is multiplied by: 1 to 1000, fractions allowed.
package struct Factor: Setting, Equatable {
    package var value: Double

    /// That factor.
    package init(_ value: Double) {
        self.value = value
    }

    /// Reads `2` or `1.5`.
    package init(text: String) throws(SettingError) {
        let isPlain = text.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E }
        guard isPlain, let value = Double(text), 1...1000 ~= value else {
            throw .notAllowed(text, "a factor: a number from 1 to 1000; fractions such as 1.5 are allowed")
        }
        self.value = value
    }
}

/// Starts in a length of time: `5/60` is at most 5 starts in 60 seconds.
package struct StartRate: Setting, Equatable {
    package var burst: Int
    package var nanoseconds: Int64

    /// Reads a number from 1 to 10000, a slash, and seconds above 0.
    package init(text: String) throws(SettingError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let burst = Int(digits: parts[0]), 1...10_000 ~= burst,
            let window = try? Seconds(text: parts[1]), window.nanoseconds > 0
        else {
            throw .notAllowed(
                text, "a limit of starts: a number from 1 to 10000, '/', and seconds above 0, such as 5/60")
        }
        self.burst = burst
        nanoseconds = window.nanoseconds
    }
}

/// How Kapo learns that the command can do its work.
package enum ReadyCheck: Setting, Equatable {
    /// It is by being started.
    case started
    /// It says READY=1 to the socket that NOTIFY_SOCKET names: sd_notify(3).
    case notify
    /// It writes a line to this descriptor, 3 to 1023, as s6 has it.
    case descriptor(Int32)
    /// It accepts connections on this port of the loopback.
    case tcp(UInt16)
    /// This command of the shell succeeds.
    case exec(String)

    /// Reads `started`, `notify`, `fd:3`, `tcp:8080` or `exec:COMMAND`.
    package init(text: String) throws(SettingError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count == 2 ? parts[1] : nil
        switch (parts[0], value) {
        case ("started", nil): self = .started
        case ("notify", nil): self = .notify
        case ("fd", let digits?):
            guard let number = Int32(digits: digits), 3...1023 ~= number else {
                throw .notAllowed(digits, "a descriptor for --ready fd:N: a whole number from 3 to 1023")
            }
            self = .descriptor(number)
        case ("tcp", let digits?):
            guard let port = UInt16(digits: digits), port > 0 else {
                throw .notAllowed(digits, "a port for --ready tcp:PORT: a whole number from 1 to 65535")
            }
            self = .tcp(port)
        case ("exec", let command?) where command.contains(where: { $0 != " " }): self = .exec(command)
        default:
            throw .notAllowed(text, "a kind of readiness: started, notify, fd:N, tcp:PORT or exec:COMMAND")
        }
    }
}
