/// What `kapo ctl` can be asked to do, by the words of immortalctl and one more, `top`.
package enum CtlVerb: String, CaseIterable, Setting {
    case exit, halt, once, restart, start, status, stop, top

    /// Reads one of these words.
    package init(text: String) throws(SettingError) {
        guard let verb = Self(rawValue: text) else {
            let words = Self.allCases.map(\.rawValue)
            throw .notAllowed(text, "a verb: \(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])")
        }
        self = verb
    }

    /// What is sent to a service; nil for the verbs that only look.
    package var order: CtlOrder? {
        switch self {
        case .status, .top: nil
        // To a control socket, `stop` is the signal STOP.
        case .stop: CtlOrder(name: "down", endsSupervisor: false)
        case .exit, .halt: CtlOrder(name: rawValue, endsSupervisor: true)
        case .once, .restart, .start: CtlOrder(name: rawValue, endsSupervisor: false)
        }
    }
}

/// What a control socket is told to do: `POST /signal/NAME`.
package struct CtlOrder: Equatable, Sendable {
    /// The name, as it stands in the path.
    package var name: String
    /// True when whoever obeys it is gone afterwards.
    package var endsSupervisor: Bool

    /// An order of that name.
    package init(name: String, endsSupervisor: Bool) {
        self.name = name
        self.endsSupervisor = endsSupervisor
    }
}

/// A signal that `kapo ctl` can have sent to a service: one of immortalctl's.
package struct CtlSignal: Setting, Equatable {
    /// The flag that stands for each, without its dash, and its name. The order is that of the help.
    package static let flags: [(flag: String, name: String)] = [
        ("1", "USR1"), ("2", "USR2"), ("a", "ALRM"), ("c", "CONT"), ("h", "HUP"), ("i", "INT"), ("in", "TTIN"),
        ("k", "KILL"), ("ou", "TTOU"), ("q", "QUIT"), ("s", "STOP"), ("t", "TERM"), ("w", "WINCH"),
    ]

    /// In upper case, without SIG: so immortalctl sends it.
    package let name: String

    /// Reads a name, in upper or lower case.
    package init(text: String) throws(SettingError) {
        let name = text.uppercased()
        guard Self.flags.contains(where: { $0.name == name }), text == name || text == name.lowercased() else {
            let names = Self.flags.map(\.name).sorted()
            throw .notAllowed(
                text,
                "a signal that can be sent: \(names.dropLast().joined(separator: ", ")) or \(names[names.count - 1])")
        }
        self.name = name
    }

    /// What is sent to a service.
    package var order: CtlOrder { CtlOrder(name: name, endsSupervisor: false) }
}
