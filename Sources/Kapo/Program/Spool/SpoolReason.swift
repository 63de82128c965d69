import Glibc
import Host

/// The reason of who gives none: their name.
enum SpoolReason {
    /// A file of user names that several people share, or machines, so that a name says nothing. `#` begins a comment.
    private static let sharedNames = Word("/etc/nonhumans")
    private static let mostBytes = 1_048_576

    /// The name of whoever calls; nil when it is one that several share.
    static func usual() -> String? {
        let name = ["SUDO_USER", "SSH_USER"].lazy.compactMap(Invocation.variable).first { !$0.isEmpty } ?? userName
        let shared = (try? File.contents(of: sharedNames, limit: mostBytes)) ?? []
        return names(in: shared).contains(name) ? nil : name
    }

    /// The names in such a file.
    static func names(in file: [UInt8]) -> Set<String> {
        let space = Array(" \t\r\u{0b}\u{0c}".utf8)
        return Set(
            file.split(separator: UInt8(ascii: "\n")).map { line in
                let text = line.prefix { $0 != UInt8(ascii: "#") }.drop { space.contains($0) }
                let end = text.lastIndex { !space.contains($0) }.map { $0 + 1 } ?? text.startIndex
                return String(decoding: text[..<end], as: UTF8.self)
            }.filter { !$0.isEmpty })
    }

    private static var userName: String {
        let number = "\(geteuid())"
        let account = try? Account.find(user: Word(number), group: nil)
        return account.map { String(decoding: $0.name, as: UTF8.self) } ?? number
    }
}
