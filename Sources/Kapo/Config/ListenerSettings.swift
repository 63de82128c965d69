/// Where supervisord answers XML-RPC, as it tells its event listeners.
package enum SupervisordURL: Setting, Equatable {
    case unix(SocketPath)
    /// The path of the URL means nothing.
    case http(CheckTarget)

    /// Reads `unix:///PATH` or `http://HOST:PORT`.
    package init(text: String) throws(SettingError) {
        if text.hasPrefix("unix://"), let path = try? SocketPath(text: String(text.dropFirst(7))) {
            self = .unix(path)
        } else if let target = try? CheckTarget(text: text) {
            self = .http(target)
        } else {
            throw .notAllowed(text, "the URL of a supervisord: unix:///PATH of up to 107 bytes, or http://HOST:PORT")
        }
    }
}

/// A text for a header of a mail: it would be another header, or another mail, with a line end in it.
package struct HeaderText: Setting, Equatable {
    package let text: String

    /// Takes a text without control characters, which is not empty.
    package init(text: String) throws(SettingError) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw .notAllowed(text, "a text for a mail: one line that is not empty, without control characters")
        }
        self.text = text
    }
}
