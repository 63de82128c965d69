import Glibc

/// Who may use a control socket.
///
/// The kernel asks the modes of the socket and of its directory; after that Kapo asks who it is: its own user, root,
/// and the members of the control group, whatever the modes are.
package struct ControlAccess: Equatable, Sendable {
    /// The permissions of the socket: 0o600, or 0o660 with a control group, unless they are given.
    package var mode: UInt32
    /// The control group.
    package var group: UInt32?

    /// Those permissions, of which only the lowest nine bits count, and that group.
    package init(mode: UInt32? = nil, group: UInt32? = nil) {
        self.mode = (mode ?? (group == nil ? 0o600 : 0o660)) & 0o777
        self.group = group
    }

    /// The permissions of the socket's directory: who may use the socket may pass through, and nobody else.
    package var directoryMode: UInt32 {
        0o700 | (mode & 0o070 == 0 ? 0 : 0o010) | (mode & 0o007 == 0 ? 0 : 0o001)
    }

    /// True when that caller may give commands.
    package func admits(_ caller: PeerCredentials) -> Bool {
        if caller.user == 0 || caller.user == geteuid() { return true }
        return group.map { caller.group == $0 || caller.groups.contains($0) } ?? false
    }
}
