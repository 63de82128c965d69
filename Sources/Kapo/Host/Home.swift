import Glibc

/// The home directory of the user that Kapo runs as.
package enum Home {
    /// What HOME says, or else /etc/passwd; nil when neither does.
    package static var directory: Word? {
        if let home = Invocation.bytes(ofVariable: "HOME"), !home.isEmpty { return Word(bytes: home) }
        guard let account = try? Account.find(user: Word("\(geteuid())"), group: nil) else { return nil }
        return Word(bytes: account.home)
    }
}
