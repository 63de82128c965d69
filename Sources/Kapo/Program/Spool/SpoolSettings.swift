import Config
import Machine

/// What `kapo spool` can be told to do, by the words of hacheck's `--action`.
package enum SpoolAction: String, CaseIterable, Setting {
    case up, down, status
    case statusDowned = "status_downed"
    case list

    /// Reads one of these words.
    package init(text: String) throws(SettingError) {
        guard let action = Self(rawValue: text) else {
            let words = Self.allCases.map(\.rawValue)
            throw SettingError(
                "'\(text)' is not an action: \(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])")
        }
        self = action
    }

    /// True for those that are about services which are named.
    package var wantsNames: Bool {
        switch self {
        case .up, .down, .status: true
        case .statusDowned, .list: false
        }
    }
}

/// Everything that `kapo spool` needs to know.
package struct SpoolSettings: Sendable {
    /// What it does.
    package var action: SpoolAction
    /// The services that are meant, each with its port and its host, if any.
    package var names: [SpoolName]
    /// The host as it was written: 127.0.0.1 is none to the spool.
    package var host: String?
    /// The directory of the spool.
    package var root: Path
    /// Why services go down; nil for who takes them down.
    package var reason: String?
    /// When they are to be up again.
    package var expiration: SpoolExpiration?
    /// Where the daemon is asked, on 127.0.0.1; above 0.
    package var port: Port
    /// Whether all is shown as JSON.
    package var isJSON: Bool

    /// These settings.
    package init(
        action: SpoolAction, names: [SpoolName], host: String?, root: Path, reason: String?,
        expiration: SpoolExpiration?, port: Port, isJSON: Bool
    ) {
        (self.action, self.names, self.host, self.root) = (action, names, host, root)
        (self.reason, self.expiration, self.port, self.isJSON) = (reason, expiration, port, isJSON)
    }
}
