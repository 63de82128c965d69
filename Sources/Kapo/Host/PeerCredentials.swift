import CLinux
import Glibc

/// Who has connected to a unix socket, as it was when they did: what the kernel says (unix(7), SO_PEERCRED).
package struct PeerCredentials: Equatable, Sendable {
    package var process: Int32
    package var user: UInt32
    package var group: UInt32
    /// The supplementary groups.
    package var groups: [UInt32]

    /// That process, with its user and groups.
    package init(process: Int32, user: UInt32, group: UInt32, groups: [UInt32]) {
        (self.process, self.user, self.group, self.groups) = (process, user, group, groups)
    }

    /// Who is at the other end of the connected unix socket `descriptor`.
    package init(of descriptor: Int32) throws(SystemError) {
        var peer = kapo_peer()
        // kapo_peer fills the struct during the call.
        guard unsafe kapo_peer(descriptor, &peer) == 0 else { throw SystemError("getsockopt") }
        self.init(process: peer.process, user: peer.user, group: peer.group, groups: [])
        groups = try Self.groups(descriptor) ?? Self.listedGroups(of: peer.user)
    }

    /// The groups that the kernel has; nil where it does not tell them, which it does since Linux 4.13.
    private static func groups(_ descriptor: Int32) throws(SystemError) -> [UInt32]? {
        var groups = [UInt32](repeating: 0, count: 32)
        // Ends: they do not change any more, so the second turn has room for all.
        while true {
            // kapo_peer_groups fills no more than there is room for.
            let count = Int(unsafe kapo_peer_groups(descriptor, &groups, groups.count))
            if count < 0 && errno == ENOPROTOOPT { return nil }
            guard count >= 0 else { throw SystemError("getsockopt") }
            if count <= groups.count { return Array(groups.prefix(count)) }
            groups = [UInt32](repeating: 0, count: count)
        }
    }

    /// The groups that /etc/group has for that user.
    private static func listedGroups(of user: UInt32) -> [UInt32] {
        (try? Account.find(user: Word(String(user)), group: nil))?.groups ?? []
    }
}
