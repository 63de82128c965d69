import Config
import Document
import Logging

extension LogLine.Format: Setting {
    /// Reads `text` or `json`.
    package init(text: String) throws(SettingError) {
        guard let format = Self(rawValue: text) else {
            throw SettingError(
                "'\(text)' is not a log format: \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = format
    }
}

/// The least severe level that is logged.
package struct LogLevel: Setting, Equatable {
    /// What may be written.
    package static let names = Logger.Level.allCases.map(\.rawValue)

    package var level: Logger.Level

    /// Reads swift-log's names.
    package init(text: String) throws(SettingError) {
        guard let level = Logger.Level(rawValue: text) else {
            throw SettingError("'\(text)' is not a log level: \(Self.names.joined(separator: ", "))")
        }
        self.level = level
    }
}
