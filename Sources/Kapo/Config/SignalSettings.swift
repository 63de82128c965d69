/// A signal by name or number, with its number on Linux; the same on x86-64 and arm64.
package struct SignalName: Setting, Equatable {
    package var number: Int32

    /// Names without SIG; the real-time signals have numbers: 34 is RTMIN, 64 is RTMAX.
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]
    private static let others: [String: Int32] = ["IOT": 6, "CLD": 17, "POLL": 29]
    private static let realTime: ClosedRange<Int32> = 34...64

    /// Reads `TERM`, `SIGTERM`, `15`, `RTMIN+3` or `RTMAX-1`, in upper or lower case.
    package init(text: String) throws(SettingError) {
        // Only ASCII has a part in it: to Unicode, 'ſ' is a small S and the sign for kelvins is a K.
        let upper = text.utf8.allSatisfy { $0 < 0x80 } ? text.uppercased() : ""
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        guard let number = Self.number(of: name) else {
            throw .notAllowed(text, "a signal: a name such as TERM, SIGTERM or RTMIN+3, or a number from 1 to 64")
        }
        self.number = number
    }

    private static func number(of name: String) -> Int32? {
        if let index = names.firstIndex(of: name) { return Int32(index + 1) }
        if let number = others[name] { return number }
        if let number = Int32(digits: name) { return 1...31 ~= number || realTime ~= number ? number : nil }
        for (start, base, sign) in [("RTMIN", realTime.lowerBound, 1), ("RTMAX", realTime.upperBound, -1)]
        where name.hasPrefix(start) {
            let rest = name.dropFirst(start.count)
            if rest.isEmpty { return base }
            guard rest.first == (sign > 0 ? "+" : "-"), let offset = Int32(digits: rest.dropFirst()), offset <= 30
            else {
                return nil
            }
            return base + Int32(sign) * offset
        }
        return nil
    }
}

/// A signal that Kapo sends in place of one that came: `TERM=QUIT`; `HUP=0` drops it.
package struct SignalRewrite: Setting, Equatable {
    package var from: Int32
    /// 0 for nothing.
    package var to: Int32

    /// KILL, STOP and CHLD, and those that tell of a fault of Kapo's own: ILL, TRAP, BUS, FPE, SEGV, PIPE and SYS.
    private static let neverPassedOn: Set<Int32> = [4, 5, 7, 8, 9, 11, 13, 17, 19, 31]

    /// Reads two signals with `=` between them; the second may be `0`.
    package init(text: String) throws(SettingError) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw .notAllowed(text, "a rewriting of signals: two of them such as TERM=QUIT, or HUP=0 to drop HUP")
        }
        from = try Self.signal(parts[0], of: text)
        guard !Self.neverPassedOn.contains(from) else {
            throw SettingError("'\(text)' rewrites \(parts[0]), which never comes to Kapo to be passed on")
        }
        to = try parts[1] == "0" ? 0 : Self.signal(parts[1], of: text)
    }

    /// Reads one of the two; an error says where it stands.
    private static func signal(_ part: String, of text: String) throws(SettingError) -> Int32 {
        do { return try SignalName(text: part).number } catch { throw SettingError("'\(text)': \(error)") }
    }
}

/// An exit code that Kapo ends with in place of the command's: `143=0`.
package struct ExitMapping: Setting, Equatable {
    package var from: Int32
    package var to: Int32

    /// Reads two exit codes with `=` between them.
    package init(text: String) throws(SettingError) {
        let codes = text.split(separator: "=", omittingEmptySubsequences: false).compactMap { Int32(digits: $0) }
        guard codes.count == 2, codes.allSatisfy({ 0...255 ~= $0 }), text.utf8.filter({ $0 == 0x3D }).count == 1 else {
            throw .notAllowed(text, "a mapping of exit codes: two of them, 0 to 255, such as 143=0")
        }
        (from, to) = (codes[0], codes[1])
    }
}

/// Exit codes and signals that count as a success: `0,3,TERM`.
package struct ExitSet: Setting, Equatable {
    package var codes: Set<Int32> = []
    package var signals: Set<Int32> = []

    /// Reads exit codes and names of signals with commas or spaces between them. A number is always an exit code.
    package init(text: String) throws(SettingError) {
        for part in text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) {
            if let code = Int32(digits: part), 0...255 ~= code {
                codes.insert(code)
            } else if Int32(digits: part) == nil, let signal = try? SignalName(text: part) {
                signals.insert(signal.number)
            } else {
                throw .notAllowed(part, "an exit code from 0 to 255 or the name of a signal, as in 0,3,TERM")
            }
        }
        if codes.isEmpty && signals.isEmpty {
            throw .notAllowed(text, "a list of exit codes and signals, as in 0,3,TERM")
        }
    }
}

/// Several values in one variable, with spaces between them: what an option says that is given more than once.
package struct SettingList<Element: Setting>: Setting {
    package var elements: [Element]

    /// Reads them one by one.
    package init(text: String) throws(SettingError) {
        elements = []
        for part in text.split(separator: " ") { elements.append(try Element(text: String(part))) }
    }
}
